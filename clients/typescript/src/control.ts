// Written by `npm run types` of the document of the control plane.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An artifact of a session to start with; its bytes are text, base64 or in a file beside the seed. */
        ArtifactSeed: {
            /** @description Chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description With its extension; that of path where it is left out. */
            name?: string;
            /** @description As it is shown; the name where it is left out. */
            title?: string;
            /** @description What is in it. */
            text?: string;
            /** @description What is in it, in base64. */
            base64?: string;
            /** @description A file below the seed's folder, whose bytes it has. */
            path?: string;
            /**
             * @description Who has made it; an agent where it is left out (D68).
             * @enum {string}
             */
            origin?: "user_upload" | "ai_generated";
            /** @description Whether no text is taken out of it. */
            skip_extraction?: boolean;
            /**
             * @description ready without it; what is pending begins when the seed is loaded.
             * @enum {string}
             */
            status?: "pending" | "ready" | "failed";
            /** @description Why it failed, or will. */
            error?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
        };
        /** @description How texts are cut, and tables. */
        ChunkingStrategy: {
            /**
             * @description How a text is cut; recursive without it.
             * @enum {string}
             */
            strategy?: "recursive" | "hierarchical" | "fixed";
            /** @description Of a chunk at most, in words or characters; 500 without it. */
            chunk_size?: number;
            /** @description What a chunk repeats of the one before it; less than a chunk, 50 without it. */
            chunk_overlap?: number;
            /**
             * @description What is counted; words without it.
             * @enum {string}
             */
            split_by?: "word" | "char";
            /** @description Where recursive cuts, the strongest first. */
            recursive_separators?: string[];
            /** @description Sizes of blocks, from large to small; the last one is that of the chunks. */
            hierarchical_block_sizes?: number[];
            /** @description How texts are cut, where tables are cut otherwise. */
            document_config?: components["schemas"]["DocumentChunking"];
            /** @description How tables are cut. */
            structured_config?: components["schemas"]["TableChunking"];
        } & {
            [key: string]: unknown;
        };
        /** @description The clock, as /__emulator/clock and /__emulator/clock/advance answer it. */
        Clock: {
            /**
             * @description running or frozen.
             * @enum {string}
             */
            mode: "running" | "frozen";
            /** @description What it shows. ISO-8601, UTC, whole seconds. */
            now: string;
        };
        /**
         * @description running or frozen.
         * @enum {string}
         */
        ClockMode: "running" | "frozen";
        /** @description A collection to start with. */
        CollectionSeed: {
            /** @description Chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description Id of its account; the only account need not be named. */
            owner?: string;
            /** @description With something to read in it. */
            name: string;
            /** @description What is in it. */
            description?: string;
            /** @description Ids of files of the seed. */
            files?: string[];
            /**
             * @description completed without it, pending without files; running begins when the seed is loaded, and fails in the end if there are errors.
             * @enum {string}
             */
            status?: "pending" | "running" | "completed" | "failed";
            /** @description Why files fail, by their ids. */
            errors?: {
                [key: string]: string;
            };
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            updated_at?: string;
        };
        /** @description One part of a multimodal message; it is kept as it was sent, never decoded or fetched (D35). */
        ContentBlock: components["schemas"]["TextBlock"] | components["schemas"]["ImageUrlBlock"] | components["schemas"]["ImageBlock"] | components["schemas"]["FileBlock"];
        /**
         * @description A generation of the service.
         * @enum {string}
         */
        Contract: "current" | "reference" | "connecting";
        /** @description Of which the seed chooses for each request. */
        DelayRange: {
            /** @description Milliseconds. */
            min: number;
            /** @description Milliseconds. */
            max: number;
        };
        /** @description How texts are cut, where tables are cut otherwise. */
        DocumentChunking: {
            /**
             * @description How a text is cut; recursive without it.
             * @enum {string}
             */
            strategy?: "recursive" | "hierarchical" | "fixed";
            /** @description Of a chunk at most, in words or characters; 500 without it. */
            chunk_size?: number;
            /** @description What a chunk repeats of the one before it; less than a chunk, 50 without it. */
            chunk_overlap?: number;
            /**
             * @description What is counted; words without it.
             * @enum {string}
             */
            split_by?: "word" | "char";
            /** @description Where recursive cuts, the strongest first. */
            recursive_separators?: string[];
            /** @description Sizes of blocks, from large to small; the last one is that of the chunks. */
            hierarchical_block_sizes?: number[];
        } & {
            [key: string]: unknown;
        };
        /** @description What embeds chunks; it is kept, and nothing is embedded. */
        EmbeddingConfig: {
            /** @description Such as mistral. */
            provider: string;
            /** @description Such as mistral-embed. */
            model: string;
            /** @description Of the vectors. */
            dimensions: number;
        } & {
            [key: string]: unknown;
        };
        /** @description One execution. */
        Execution: {
            /** @description exec_ and twelve hexadecimal digits. */
            id: string;
            /** @description Which execution of the session it is. */
            turn: number;
            /**
             * @description How it ended.
             * @enum {string}
             */
            status: "completed" | "error" | "timeout" | "cancelled";
            /** @description Why it failed; null when it did not. */
            error: components["schemas"]["ExecutionError"] | null;
            /** @description By the namespace's clock. ISO-8601, UTC, whole seconds. */
            started_at: string;
            /** @description By the namespace's clock. ISO-8601, UTC, whole seconds. */
            completed_at: string;
            /** @description The steps through the graph. */
            path: components["schemas"]["Move"][];
            /** @description The agents' turns. */
            turns: components["schemas"]["Turn"][];
            /** @description Their values after it, by name. */
            variables: {
                [key: string]: unknown;
            };
            /** @description Estimated tokens of the execution (D44). */
            usage: components["schemas"]["Usage"];
            /** @description What answered, as in X-Emulator-Script. */
            scripts: string[];
            /** @description What the service would write into its log. */
            notes: string[];
            /** @description Whether it is too large for an answer by itself, so that texts are cut, and outputs, tool calls, what was found and variables are left out. */
            cut: boolean;
        };
        /** @description Why it failed; null when it did not. */
        ExecutionError: {
            /** @description Kind of failure. */
            type: string;
            /** @description A sentence. */
            message: string;
            /** @description The field of a structured output that is wrong. */
            field?: string;
            /** @description The type that it has. */
            expected?: string;
            /** @description The value that it got. */
            received?: unknown;
        };
        /** @description One fault: what was written, and what it has counted. */
        Fault: {
            /** @description Names it, for dropping it again. */
            id: string;
            /** @description What it does. */
            kind: components["schemas"]["FaultKind"];
            /** @description The operation that it is about: a name, a group such as runtime.* or socket.*, or * for all. */
            operation: string;
            /** @description How many requests it was about. */
            matched: number;
            /** @description How many it struck. */
            fired: number;
            /** @description Only requests about this session. */
            session?: string;
            /** @description Let the first n requests pass. */
            after?: number;
            /** @description Strike n requests at most, those that come first after `after`. */
            times?: number;
            /** @description Strike each n-th request only. */
            every?: number;
            /** @description Strike by chance, 0 to 1; equal seeds give equal chances. */
            probability?: number;
            /** @description Of an error. */
            status?: number;
            /** @description Of an error with status 400: which of the two. */
            type?: string;
            /** @description Of an error without a body: instead of the usual sentence. */
            message?: string;
            /** @description Of an error, what Retry-After says: seconds; or as a date: a time, or {date: n} for n seconds from then. */
            retry_after?: number | string | components["schemas"]["RetryDate"];
            /** @description Milliseconds to wait before anything else, or a range, of which the seed chooses for each request; passes at once while the clock is frozen. */
            delay_ms?: number | components["schemas"]["DelayRange"];
            /** @description Of an error, instead of its own. */
            body?: unknown;
            /** @description Of an error. */
            content_type?: string;
            /** @description Of an error, besides its own or instead of them. */
            headers?: {
                [key: string]: string;
            };
            /** @description false: the answer does not tell pages of other origins that they may read it, as error pages of gateways do not. */
            cors?: boolean;
            /** @description Of an error on a socket. */
            error_code?: string;
            /** @description The code that a socket is closed with. */
            close?: number;
            /** @description On a socket: let n events pass, then strike. */
            after_events?: number;
        };
        /**
         * @description What a fault does.
         * @enum {string}
         */
        FaultKind: "error" | "delay" | "drop" | "reset" | "garbage" | "truncate" | "malformed" | "hang" | "close" | "gap" | "duplicate" | "reorder";
        /** @description Where a file is. */
        FileAddress: {
            /**
             * @description url. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "url";
            /** @description Such as image/jpeg. */
            media_type: string;
            /** @description Of the file. */
            filename: string;
            /** @description Address of the file. */
            url: string;
            /** @description The artifact that the file is. */
            artifact_id?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A file, or where it is: file_url or source, one of them. */
        FileBlock: {
            /**
             * @description file. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "file";
            /** @description Address of a file. */
            file_url?: string;
            /** @description The file itself, or where it is. */
            source?: components["schemas"]["FileSource"];
        } & {
            [key: string]: unknown;
        };
        /** @description A file in base64. */
        FileData: {
            /**
             * @description base64. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "base64";
            /** @description Such as image/jpeg. */
            media_type: string;
            /** @description Of the file. */
            filename: string;
            /** @description What it holds, in base64. */
            data: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A file to start with; its bytes are text, base64 or in a file beside the seed, or it has a size only. */
        FileSeed: {
            /** @description Chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description Id of its account; the only account need not be named. */
            owner?: string;
            /** @description With its extension; that of path where it is left out. */
            name?: string;
            /** @description What is in it. */
            text?: string;
            /** @description What is in it, in base64. */
            base64?: string;
            /** @description A file below the seed's folder, whose bytes it has. */
            path?: string;
            /** @description Bytes, of a file whose bytes are not there. */
            size_bytes?: number;
            /** @description Each once. */
            tags?: string[];
            /** @description A text, which is kept. */
            description?: string;
            /** @description Whether it was made public. */
            is_public?: boolean;
            /**
             * @description active without it; uploading begins when the seed is loaded.
             * @enum {string}
             */
            status?: "uploading" | "active" | "archived" | "deleted" | "error";
            /** @description Why it failed, or will. */
            error?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            updated_at?: string;
        };
        /** @description The file itself, or where it is. */
        FileSource: components["schemas"]["FileData"] | components["schemas"]["FileAddress"];
        /** @description One gate. */
        Gate: {
            /** @description Names it, in scripts. */
            name: string;
            /** @description Whether executions pass. */
            open: boolean;
            /** @description How many executions wait at it. */
            waiting: number;
            /** @description Whose executions wait at it, in the order in which they came. */
            sessions: string[];
        };
        /** @description One message. */
        HistoryMessage: {
            /** @description That of the execute response. */
            id: string;
            /**
             * @description user or assistant.
             * @enum {string}
             */
            role: "user" | "assistant";
            /** @description Text, or the blocks as they were sent. */
            content: string | components["schemas"]["ContentBlock"][];
            /** @description ISO-8601, UTC, whole seconds. */
            timestamp: string;
            /** @description What else is known of the message. */
            metadata?: components["schemas"]["HistoryMessageMetadata"];
        };
        /** @description What else is known of the message. */
        HistoryMessageMetadata: {
            /** @description What the agent thought. */
            thinking: string;
        };
        /** @description A chunk of a file. */
        Hit: {
            /** @description What the agent calls it. */
            knowledge_base: string;
            /** @description Name of the file; empty where a script does not say it. */
            source: string;
            /** @description Of the file; empty where a script says what is found. */
            source_id: string;
            /** @description Number of the chunk in its file, from 0. */
            chunk: number;
            /** @description How well it fits, beside the best one of its knowledge base, which has 1 (D111). */
            score: number;
            /** @description Of the chunk. */
            text: string;
        };
        /**
         * @description What a pause asks a person for.
         * @enum {string}
         */
        HitlKind: "approval" | "connection_required" | "mail_connection_required" | "uknow_connection_required" | "api_key_connection_required" | "oauth_integration_required" | "ask_user_question";
        /** @description Where an image is. */
        ImageAddress: {
            /**
             * @description url. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "url";
            /** @description Such as image/jpeg; it may be left out. */
            media_type?: string;
            /** @description Address of the image. */
            url: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An image, or where it is. */
        ImageBlock: {
            /**
             * @description image. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "image";
            /** @description The image itself, or where it is. */
            source: components["schemas"]["ImageSource"];
        } & {
            [key: string]: unknown;
        };
        /** @description An image in base64. */
        ImageData: {
            /**
             * @description base64. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "base64";
            /** @description Such as image/jpeg. */
            media_type: string;
            /** @description What it holds, in base64. */
            data: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The image itself, or where it is. */
        ImageSource: components["schemas"]["ImageData"] | components["schemas"]["ImageAddress"];
        /** @description Where an image is. */
        ImageUrl: {
            /** @description Address or data URL of the image. */
            url: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An image by its address. */
        ImageUrlBlock: {
            /**
             * @description image_url. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "image_url";
            /** @description Where the image is. */
            image_url: components["schemas"]["ImageUrl"];
        } & {
            [key: string]: unknown;
        };
        /** @description One request and its answer, without secrets. */
        JournalEntry: {
            /** @description req_ and a number; also X-Request-Id. */
            id: string;
            /** @description Where it came. */
            namespace: string;
            /** @description When it came, by the namespace's clock. ISO-8601, UTC, whole seconds. */
            at: string;
            /** @description Name of the operation; null where there is none. */
            operation: string | null;
            /** @description Of the request. */
            method: string;
            /** @description Of the request, with /api/v1. */
            path: string;
            /** @description Of the request, without its question mark. */
            query: string;
            /** @description Of the request, by their names in lower case. */
            headers: {
                [key: string]: string;
            };
            /** @description Of the request: JSON, or text where it is not JSON; null for none. */
            body: unknown;
            /** @description Of the answer; 0 where there was none. */
            status: number;
            /** @description Body of the answer: JSON, or text where it is not JSON; null for none. */
            response: unknown;
            /** @description Milliseconds. */
            duration_ms: number;
            /** @description How it went. */
            outcome: components["schemas"]["Outcome"];
            /** @description Short form of the one that struck it, as in X-Emulator-Fault; null where none did. */
            fault: string | null;
            /** @description Id of the session that the path names; null where it names none. */
            session_id: string | null;
            /** @description What answered, as in X-Emulator-Script. */
            script: string[];
            /**
             * @description What the answer rests on; empty where it is evidence of nothing.
             * @enum {string}
             */
            evidence: "" | "documented" | "inferred" | "decided";
            /** @description Codes of what is doubtful, as in X-Emulator-Diagnostics. */
            findings: string[];
            /** @description What nobody reads of the request: its code, and a sentence with the near name. */
            unread: string[];
            /** @description Whether the client was still there. */
            delivered: boolean;
        };
        /** @description The filters of GET /__emulator/journal. */
        JournalWaitMatch: {
            /** @description Name of an operation, or a group such as runtime.*. */
            operation?: components["schemas"]["OperationNameFilter"];
            /** @description Of the answer. */
            status?: number | string;
            /** @description How it went. */
            outcome?: components["schemas"]["Outcome"];
            /** @description Id of a session. */
            session_id?: string;
            /** @description Of the request. */
            method?: string;
            /** @description Of the request, with /api/v1. */
            path?: string;
        };
        /** @description A knowledge base to start with. */
        KnowledgeBaseSeed: {
            /** @description Chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description Id of its account; the only account need not be named. */
            owner?: string;
            /** @description With something to read in it. */
            name: string;
            /** @description What is in it. */
            description?: string;
            /** @description Ids of collections of the seed. */
            collections?: string[];
            /** @description Ids of files of the seed that are chosen by themselves. */
            files?: string[];
            chunking_strategy?: components["schemas"]["ChunkingStrategy"];
            embedding_config?: components["schemas"]["EmbeddingConfig"];
            /** @description Kept as it is. */
            llm_config?: {
                [key: string]: unknown;
            };
            /**
             * @description completed without it; pending and running begin when the seed is loaded. It fails in the end if all files have errors.
             * @enum {string}
             */
            status?: "pending" | "running" | "completed" | "failed";
            /** @description Percent, of one that runs, when the seed is loaded; 0 without it. */
            progress?: number;
            /** @description Why files fail, by their ids. */
            errors?: {
                [key: string]: string;
            };
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            updated_at?: string;
        };
        /** @description A step from one node to another. */
        Move: {
            /** @description Name of a node. */
            from: string;
            /** @description Name of a node. */
            to: string;
            /**
             * @description yes or no of a boolean edge; null for others.
             * @enum {string|null}
             */
            arm: "yes" | "no" | null;
            /** @description The reason. */
            why: string;
        };
        /** @description A script that nearly answered. */
        NearestScript: {
            /** @description Its name. */
            script: string;
            /** @description Where it comes from. */
            from: components["schemas"]["ScriptLayer"];
            /** @description The first condition that failed: agent, agent_key, session, turn, has_image, variables.NAME, times or content. */
            condition: string;
            /** @description What the script wants, in words, cut to a line and without secrets. */
            wanted: string;
            /** @description What there was, in the same way. */
            got: string;
            /** @description How many of its conditions failed; all variables are one. */
            failed: number;
        };
        /** @description An answer, or a frame of a socket, that goes wrong on purpose. status or error_code alone means kind error, close alone kind close, delay_ms alone kind delay. */
        NewFault: {
            /** @description Names it, for dropping it again; chosen when left out. */
            id?: string;
            /** @description The operation that it is about: a name, a group such as runtime.* or socket.*, or * for all, as without this. What has parts of requests alone, such as status, strikes no sockets; what has parts of sockets alone strikes no requests. */
            operation?: components["schemas"]["OperationNameTarget"];
            /** @description Only requests, or frames of sockets, about this session. */
            session?: string;
            /** @description Let the first n requests pass. */
            after?: number;
            /** @description Strike n requests at most, those that come first after `after`. */
            times?: number;
            /** @description Strike each n-th request only. */
            every?: number;
            /** @description Strike by chance, 0 to 1; equal seeds give equal chances. */
            probability?: number;
            /** @description error: a status, or on a socket an error_code. delay: wait first. drop: close the connection without an answer, or a socket without a close frame. hang: no answer until the client gives up or the fault is dropped. malformed: a body, or a frame of a socket, that is not JSON. Of requests alone: reset: end it at once, so that the client sees a reset. garbage: bytes that are no HTTP, then close. truncate: close it amid the answer. Of sockets alone: close: end it with a code. gap: an event is left out. duplicate: an event comes twice. reorder: two events change places. */
            kind?: components["schemas"]["FaultKind"];
            /** @description Of an error: 400 to 599. One that the service has, has its body; another, the page of a gateway; unless there is a body. */
            status?: number;
            /** @description Of an error with status 400: validation_error or content_policy_error. Other statuses have types of their own; body says another. */
            type?: string;
            /** @description Of an error without a body: instead of the usual sentence. */
            message?: string;
            /** @description Of an error, what Retry-After says: seconds; or as a date: a time, or {date: n} for n seconds from then. */
            retry_after?: number | string | components["schemas"]["NewFaultRetryAfter"];
            /** @description Milliseconds to wait before anything else, or a range, of which the seed chooses for each request; passes at once while the clock is frozen. */
            delay_ms?: number | components["schemas"]["NewFaultDelay"];
            /** @description Of an error, instead of its own: a text as it is, anything else as JSON. */
            body?: unknown;
            /** @description Of an error; left out, text/html for a text that begins with <, text/plain for another, application/json for JSON. */
            content_type?: string;
            /** @description Of an error, besides its own or instead of them. */
            headers?: {
                [key: string]: string;
            };
            /** @description false: the answer does not tell pages of other origins that they may read it, as error pages of gateways do not. */
            cors?: boolean;
            /** @description Of an error on a socket, which stays open. */
            error_code?: components["schemas"]["SocketError"];
            /** @description The code that a socket is closed with: one that may be sent. */
            close?: number;
            /** @description On a socket: let n events pass, then strike. */
            after_events?: number;
        };
        NewFaultDelay: {
            /** @description Milliseconds. */
            min: number;
            /** @description Milliseconds, not less than min. */
            max: number;
        };
        NewFaultRetryAfter: {
            /** @description Seconds from the time of the answer, by the namespace's clock; less than 0 is past. */
            date: number;
        };
        /** @description How late each answer is, by the namespace's clock (D109). */
        NewLatency: {
            /** @description How late, or a range, of which the seed chooses for each answer. */
            ms: number | components["schemas"]["NewLatencyMilliseconds"];
        };
        NewLatencyMilliseconds: {
            /** @description Milliseconds at least. */
            from: number;
            /** @description Milliseconds at most, not less than from. */
            to: number;
        };
        /** @description How many requests are answered in a time (D48); or documented, for 100 in a minute and account (D08). */
        NewRateLimit: components["schemas"]["NewRateLimitEntry"] | "documented";
        NewRateLimitEntry: {
            /** @description How many may come at once. */
            requests: number;
            /** @description In how many seconds so many come back. */
            per_seconds: number;
            /**
             * @description What is counted for itself: each key, as without this, each account, or each session.
             * @enum {string}
             */
            scope?: "key" | "account" | "session";
        };
        /** @description One scripted answer. */
        NewScript: {
            /** @description Shown in X-Emulator-Script; picked by a message `!emulator NAME`. */
            name?: string;
            /** @description When it answers; all that is given must hold. */
            when?: components["schemas"]["NewScriptWhen"];
            /** @description After so many answers it steps aside. */
            times?: number;
            /** @description One step, or a list: one for each answer, the last repeats. */
            then: components["schemas"]["Step"] | components["schemas"]["Step"][];
        };
        NewScriptContent: {
            /** @description The whole text. */
            equals?: string;
            /** @description A part of it. */
            contains?: string;
            /**
             * Format: regex
             * @description A regular expression that is found in it.
             */
            matches?: string;
            /** @description Any text. */
            any?: boolean;
            /** @description Upper and lower case are the same. */
            ignore_case?: boolean;
        };
        NewScriptTurn: {
            /** @description First one. */
            from?: number;
            /** @description Last one. */
            to?: number;
        };
        /** @description When it answers; all that is given must hold. */
        NewScriptWhen: {
            /** @description Key of the agent that the session was started from. */
            agent_key?: string;
            /** @description Id of the session. */
            session?: string;
            /** @description Values that variables have. */
            variables?: {
                [key: string]: unknown;
            };
            /** @description Whether the user sent an image; a file that is one counts. */
            has_image?: boolean;
            /** @description Name of the agent whose turn it is; main for a flat configuration. */
            agent?: string;
            /** @description Which execution of the session, from 1: a number, or {from, to}. */
            turn?: number | components["schemas"]["NewScriptTurn"];
            /** @description The user's text: equal after trimming, or one of equals, contains, matches, any. */
            content?: string | components["schemas"]["NewScriptContent"];
        };
        /**
         * @description Name of an operation, or a group such as runtime.*.
         * @enum {string}
         */
        OperationNameFilter: "agents.list" | "agents.create" | "agents.validate" | "agents.get" | "agents.update" | "agents.replace" | "agents.delete" | "agents.current_version" | "agents.import_yaml" | "agents.export_yaml" | "sessions.list" | "sessions.create" | "sessions.delete_all" | "sessions.feedback" | "sessions.start_default" | "sessions.start_by_key" | "sessions.delete_of_agent" | "sessions.start" | "sessions.get" | "sessions.delete" | "images.upload" | "artifacts.upload" | "artifacts.download_all" | "artifacts.url" | "artifacts.status" | "artifacts.download" | "artifacts.preview" | "artifacts.copy_to_platform" | "artifacts.remove_from_platform" | "artifacts.get" | "runtime.execute" | "runtime.messages" | "runtime.status" | "runtime.cancel" | "files.list" | "files.upload" | "files.bulk" | "files.bulk_action" | "files.get" | "files.delete" | "collections.list" | "collections.create" | "collections.bulk_action" | "collections.get" | "collections.update" | "collections.replace" | "collections.delete" | "collections.add_files" | "collections.remove_file" | "collections.bulk" | "collections.add_data_source" | "collections.remove_data_source" | "knowledge_bases.list" | "knowledge_bases.create" | "knowledge_bases.available_collections" | "knowledge_bases.get" | "knowledge_bases.update" | "knowledge_bases.replace" | "knowledge_bases.delete" | "knowledge_bases.check_status" | "knowledge_bases.status" | "socket.open" | "socket.connect" | "socket.user_message" | "socket.hitl_response" | "socket.cancel_execution" | "socket.reconnect" | "socket.disconnect" | "socket.execution_result" | "agents.*" | "sessions.*" | "runtime.*" | "images.*" | "artifacts.*" | "files.*" | "collections.*" | "knowledge_bases.*" | "socket.*";
        /**
         * @description A group of operations.
         * @enum {string}
         */
        OperationNameGroup: "agents" | "sessions" | "runtime" | "images" | "artifacts" | "files" | "collections" | "knowledge_bases";
        /**
         * @description Name of an operation, a group such as runtime.*, or * for all.
         * @enum {string}
         */
        OperationNameTarget: "*" | "agents.*" | "sessions.*" | "runtime.*" | "images.*" | "artifacts.*" | "files.*" | "collections.*" | "knowledge_bases.*" | "socket.*" | "agents.list" | "agents.create" | "agents.validate" | "agents.get" | "agents.update" | "agents.replace" | "agents.delete" | "agents.current_version" | "agents.import_yaml" | "agents.export_yaml" | "sessions.list" | "sessions.create" | "sessions.delete_all" | "sessions.feedback" | "sessions.start_default" | "sessions.start_by_key" | "sessions.delete_of_agent" | "sessions.start" | "sessions.get" | "sessions.delete" | "images.upload" | "artifacts.upload" | "artifacts.download_all" | "artifacts.url" | "artifacts.status" | "artifacts.download" | "artifacts.preview" | "artifacts.copy_to_platform" | "artifacts.remove_from_platform" | "artifacts.get" | "runtime.execute" | "runtime.messages" | "runtime.status" | "runtime.cancel" | "files.list" | "files.upload" | "files.bulk" | "files.bulk_action" | "files.get" | "files.delete" | "collections.list" | "collections.create" | "collections.bulk_action" | "collections.get" | "collections.update" | "collections.replace" | "collections.delete" | "collections.add_files" | "collections.remove_file" | "collections.bulk" | "collections.add_data_source" | "collections.remove_data_source" | "knowledge_bases.list" | "knowledge_bases.create" | "knowledge_bases.available_collections" | "knowledge_bases.get" | "knowledge_bases.update" | "knowledge_bases.replace" | "knowledge_bases.delete" | "knowledge_bases.check_status" | "knowledge_bases.status" | "socket.open" | "socket.connect" | "socket.user_message" | "socket.hitl_response" | "socket.cancel_execution" | "socket.reconnect" | "socket.disconnect";
        /**
         * @description How a request went.
         * @enum {string}
         */
        Outcome: "ok" | "default_answer" | "failed" | "timeout" | "cancelled" | "paused" | "client_error" | "auth_error" | "not_found" | "rate_limited" | "fault" | "server_error" | "aborted";
        /** @description A name that can stand in a path, percent-encoded where need be: one line without spaces at its ends, and not . or .., which clients resolve. */
        PathPart: string;
        /** @description One message. */
        PromptMessage: {
            /**
             * @description Whose message it is; example for a few-shot example, tool for the answer of a tool.
             * @enum {string}
             */
            role: "system" | "example" | "user" | "assistant" | "tool";
            /** @description The agent that said it in this execution, or the tool. */
            name?: string;
            /** @description Text, or a list of blocks; an example as the configuration has it; what a tool answered. */
            content: unknown;
            /** @description Tools that the agent called. */
            tool_calls?: components["schemas"]["PromptToolCall"][];
        };
        /** @description One call. */
        PromptToolCall: {
            /** @description The tool. */
            name: string;
            /** @description What it was called with. */
            arguments: {
                [key: string]: unknown;
            };
        };
        /**
         * @description A part of a namespace that can be reset.
         * @enum {string}
         */
        ResetScope: "state" | "scripts" | "faults" | "rate_limit" | "latency" | "on_disconnect" | "transitions" | "clock" | "journal" | "snapshots" | "coverage";
        /** @description As a date. */
        RetryDate: {
            /** @description Seconds from the time of the answer. */
            date: number;
        };
        /** @description A scenario, as /__emulator/scenarios lists it; answer of POST /__emulator/scenarios/{name}. */
        Scenario: {
            /** @description For switching to it. */
            name: string;
            /** @description What it is for. */
            description: string;
            /** @description Whether the namespace is switched to it. */
            active: boolean;
        };
        /** @description One script. */
        Script: {
            /** @description Shown in X-Emulator-Script. */
            name: string;
            /**
             * @description Where it comes from.
             * @enum {string}
             */
            from: "added" | "scenario" | "seed";
            /** @description How often it has answered. */
            hits: number;
            /** @description After so many answers it steps aside; null for never. */
            times: number | null;
            /** @description When it answers, as it was written, without secrets; null where the answer has no room. */
            when: {
                [key: string]: unknown;
            } | null;
            /** @description What it does, as it was written, without secrets: a step, or a list; null where the answer has no room. */
            then: {
                [key: string]: unknown;
            } | unknown[] | null;
        };
        /**
         * @description Where a script comes from.
         * @enum {string}
         */
        ScriptLayer: "added" | "scenario" | "seed";
        /** @description What a namespace starts from. */
        Seed: {
            /** @description Generation of the service to behave like. */
            contract?: components["schemas"]["Contract"];
            /** @description running follows this machine; frozen stands at `now`. */
            clock?: components["schemas"]["SeedClock"];
            /** @description Where ids come from. */
            ids?: components["schemas"]["SeedIds"];
            /** @description Names added to the model catalogue. */
            models?: string[];
            /** @description Tools that configurations may name, such as those of a company's own toolkits. */
            tools?: {
                [key: string]: components["schemas"]["SeedTool"];
            };
            /**
             * @description What an agent does that has no script: echo, template or error.
             * @enum {string}
             */
            default_answer?: "echo" | "template" | "error";
            /** @description The answer for template; {{ user_input }} is filled in. */
            default_template?: string;
            /** @description What GET /sessions/default-agent/ starts, in place of the bundled one (D63). */
            default_agent?: {
                [key: string]: unknown;
            };
            /** @description Who may call, with their keys. */
            accounts?: components["schemas"]["SeedAccount"][];
            /** @description Stored agents. */
            agents?: components["schemas"]["SeedAgent"][];
            /** @description Sessions to start with. */
            sessions?: components["schemas"]["SeedSession"][];
            /** @description Files to start with. */
            files?: components["schemas"]["FileSeed"][];
            /** @description Collections to start with. */
            collections?: components["schemas"]["CollectionSeed"][];
            /** @description Knowledge bases to start with. */
            knowledge_bases?: components["schemas"]["KnowledgeBaseSeed"][];
            /** @description By name: a text, or texts by version; templates read them as {{ prompts.name }} (the newest) and {{ prompts.name.2 }}. */
            prompts?: {
                [key: string]: string | {
                    [key: string]: string;
                };
            };
            /** @description What agents answer, tried in order. */
            scripts?: components["schemas"]["NewScript"][];
            /** @description What goes wrong on purpose, tried in order. */
            faults?: components["schemas"]["NewFault"][];
            rate_limit?: components["schemas"]["NewRateLimit"];
            latency?: components["schemas"]["NewLatency"];
            /**
             * @description What becomes of an execution over REST whose client leaves while it waits. abandon: it is given up, and nothing of it is kept (D50). finish: it goes on to its end as if the client had stayed (D123). What somebody has started over a socket always goes on.
             * @enum {string}
             */
            on_disconnect?: "abandon" | "finish";
            transitions?: components["schemas"]["Transitions"];
            /** @description Seconds of the clock that an execution may take (D57); 30 without it. */
            execution_timeout?: number;
            /** @description How many messages a session keeps, the newest (D39); 100 without it. */
            history_limit?: number;
            /** @description By name: what can be switched to while the emulator runs. */
            scenarios?: {
                [key: string]: components["schemas"]["SeedScenario"];
            };
            /** @description By the text that a Pact gives them: what there is then, besides the seed. */
            provider_states?: {
                [key: string]: components["schemas"]["SeedProviderState"];
            };
        };
        /** @description One account. */
        SeedAccount: {
            /** @description Shown as owner. */
            id: string;
            /** @description Shown as company. */
            company?: string;
            /** @description Keys of the account: text, or an object. */
            api_keys?: (string | components["schemas"]["SeedKey"])[];
        };
        /** @description One agent. */
        SeedAgent: {
            /** @description A UUID; chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description Id of its account; may be left out if there is just one. */
            owner?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /** @description A configuration, flat or system form; checked like one that is sent. */
            system_config?: {
                [key: string]: unknown;
            };
            /** @description A file with the configuration, below the seed file's folder. */
            config_file?: string;
            /** @description Pages of origin_url start sessions of it without a key (D66). */
            is_public?: boolean;
            /** @description The accounts of its owner's company see it and start sessions of it (D51). */
            is_shared?: boolean;
            /** @description The origin of those pages, such as https://app.example.com. */
            origin_url?: string | null;
            /** @description Such as 1.0.0; the next one when left out. */
            version_number?: string;
            /** @description Those before the current one, oldest first. */
            earlier_versions?: components["schemas"]["SeedVersion"][];
        };
        /** @description running follows this machine; frozen stands at `now`. */
        SeedClock: {
            /** @description running or frozen. */
            mode: components["schemas"]["ClockMode"];
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            now?: string;
        };
        /** @description Where ids come from. */
        SeedIds: {
            /** @description Equal seeds give equal ids; random opts out. */
            seed: number | string;
        };
        SeedKey: {
            /** @description What a client sends. */
            key: string;
            /** @description From then on the key answers 401. */
            expires_at?: string;
            /** @description Groups of operations that it opens (D42); all without this. */
            permissions?: components["schemas"]["OperationNameGroup"][];
        };
        /** @description One message. */
        SeedMessage: {
            /**
             * @description user or assistant.
             * @enum {string}
             */
            role: "user" | "assistant";
            /** @description Text, or a list of blocks. */
            content: string | components["schemas"]["ContentBlock"][];
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            timestamp?: string;
        };
        /** @description What there is in one state of a Pact; {{ params.name }} stands for a parameter of the state. */
        SeedProviderState: {
            /** @description What it is for. */
            description?: string;
            /** @description Name of the snapshot to begin with. */
            snapshot?: string;
            /** @description Name of the bundled seed to begin with. */
            seed?: string;
            /** @description Name of a scenario to have. */
            scenario?: string;
            /** @description Added to those that are there. */
            agents?: {
                [key: string]: unknown;
            }[];
            /** @description Added to those that are there. */
            sessions?: {
                [key: string]: unknown;
            }[];
            /** @description Tried before those of the seed. */
            scripts?: {
                [key: string]: unknown;
            }[];
            /** @description Instead of those of the seed. */
            faults?: {
                [key: string]: unknown;
            }[];
            /** @description What the setup answers, for values of a request that Pact takes from the state. */
            values?: {
                [key: string]: unknown;
            };
            /** @description Added to those that are there. */
            files?: {
                [key: string]: unknown;
            }[];
            /** @description Added to those that are there. */
            collections?: {
                [key: string]: unknown;
            }[];
            /** @description Added to those that are there. */
            knowledge_bases?: {
                [key: string]: unknown;
            }[];
        };
        /** @description Scripts, faults, transitions and records that can be switched to while the emulator runs. */
        SeedScenario: {
            /** @description What it is for. */
            description?: string;
            /** @description Tried before those of the seed. */
            scripts?: components["schemas"]["NewScript"][];
            /** @description Instead of those of the seed. */
            faults?: components["schemas"]["NewFault"][];
            /** @description Added to those that are there until another scenario is used. */
            agents?: components["schemas"]["SeedAgent"][];
            /** @description Added to those that are there until another scenario is used; each needs an id. */
            sessions?: components["schemas"]["SeedSession"][];
            /** @description Added to those that are there until another scenario is used; each needs an id. */
            files?: components["schemas"]["FileSeed"][];
            /** @description Added to those that are there until another scenario is used; each needs an id. */
            collections?: components["schemas"]["CollectionSeed"][];
            /** @description Added to those that are there until another scenario is used; each needs an id. */
            knowledge_bases?: components["schemas"]["KnowledgeBaseSeed"][];
            /** @description Instead of those of the seed. */
            transitions?: components["schemas"]["Transitions"];
        };
        /** @description One session. */
        SeedSession: {
            /** @description Chosen when left out. */
            id?: components["schemas"]["PathPart"];
            /** @description Id of its account; may be left out if there is just one. */
            owner?: string;
            /** @description Key of the agent that it was started from. */
            agent_key?: string;
            /** @description A configuration, flat or system form; checked like one that is sent. */
            config?: {
                [key: string]: unknown;
            };
            /** @description A file with the configuration, below the seed file's folder. */
            config_file?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /**
             * @description error: its last execution failed.
             * @enum {string}
             */
            status?: "active" | "error";
            /** @description Checkpoint of its variables. */
            variables?: {
                [key: string]: unknown;
            };
            /** @description Its history, oldest first. */
            messages?: components["schemas"]["SeedMessage"][];
            /** @description Its files, oldest first. */
            artifacts?: components["schemas"]["ArtifactSeed"][];
        };
        /** @description What is known of one tool. */
        SeedTool: {
            /** @description JSON Schema of its arguments. */
            schema?: {
                [key: string]: unknown;
            };
            /**
             * @description Whether its calls wait for a person: never, by default but not when a configuration disables it (default_on), or always (mandatory).
             * @enum {string}
             */
            hitl_requirement?: "never" | "default_on" | "mandatory";
        };
        /** @description One version. */
        SeedVersion: {
            /** @description Such as 1.0.0; the next one when left out. */
            version_number?: string;
            /** @description ISO-8601, such as 2025-01-15T10:30:00Z. */
            created_at?: string;
            /** @description A configuration, flat or system form; checked like one that is sent. */
            system_config?: {
                [key: string]: unknown;
            };
            /** @description A file with the configuration, below the seed file's folder. */
            config_file?: string;
        };
        /** @description The one that it keeps for its whole life. */
        SessionConfiguration: {
            /** @description Name in the configuration. */
            name: string;
            /** @description Equal for equal configurations, as in the coverage. */
            config_hash: string;
        };
        /** @description One session. */
        SessionSummary: {
            /** @description Names it. */
            session_id: string;
            /** @description Id of its account. */
            owner: string;
            /** @description The end user that it was made for (D65); null for none. */
            user: string | null;
            /** @description The agent that it was started from; null for a configuration that was sent. */
            agent_id: string | null;
            /** @description The key of that agent; null for none. */
            agent_key: string | null;
            /** @description The one that it keeps for its whole life. */
            configuration: components["schemas"]["SessionConfiguration"];
            /**
             * @description active, processing, idle or error (D40).
             * @enum {string}
             */
            status: "active" | "processing" | "idle" | "error";
            /** @description What its execution waits for, in one of three members; null where none runs. */
            waits_for: components["schemas"]["WaitsFor"] | null;
            /** @description How many executions began. */
            turns: number;
            /** @description How many its history has. */
            message_count: number;
            /**
             * Format: date-time
             * @description When it was made, by the namespace's clock.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When something happened in it last, by the namespace's clock; the beginning of an execution counts.
             */
            last_activity: string;
        };
        /** @description A snapshot that was taken, imported or gone back to. */
        Snapshot: {
            /** @description Names it, for going back. */
            name: string;
            /** @description Time of the namespace when it was taken. ISO-8601, UTC, whole seconds. */
            taken_at: string;
            /** @description How many it holds. */
            agents: number;
            /** @description How many it holds. */
            sessions: number;
        };
        /**
         * @description What was wrong with a frame.
         * @enum {string}
         */
        SocketError: "invalid_message_format" | "missing_client_type" | "unknown_message_type" | "missing_ext_token" | "invalid_session" | "session_id_not_found" | "not_subscribed" | "empty_content" | "hitl_session_busy" | "execution_start_failed" | "execution_error" | "execution_cancel_failed" | "user_message_failed" | "hitl_no_pending_pause" | "hitl_tool_call_mismatch" | "hitl_resume_in_progress" | "hitl_response_failed" | "reconnect_failed" | "connect_failed" | "disconnect_failed" | "execution_cancel_error" | "hitl_forward_failed" | "hitl_error" | "processing_error" | "internal_server_error";
        /** @description What the script does. */
        Step: {
            /** @description The agent's answer; templates such as {{ user_input }} are filled in. */
            reply?: string;
            /** @description What the agent thinks; kept with its message if the agent shows reasoning (D75). */
            thinking?: string;
            /** @description What is found in the agent's knowledge bases, the best first, in place of what is looked up; an empty list finds nothing. Replies know {{ knowledge[0].text }}, .source and .score (D112). */
            knowledge?: components["schemas"]["StepHit"][];
            /** @description Tools that a react_agent or supervisor calls before it answers, one round each; of a react_agent as many as max_iterations allows (K35). */
            tool_calls?: components["schemas"]["StepToolCall"][];
            /** @description Files that the agent makes; they are artifacts of the session when the execution has ended (D68). */
            artifacts?: components["schemas"]["StepArtifact"][];
            /** @description Fields of the agent's structured_output, those left out are made from their types; for __root__ the bare value. A value of the wrong type fails the execution. */
            output?: unknown;
            /** @description Where a conditional edge leads: yes, no or a node; END plays three invalid answers, which lead to the end (K47). For a supervisor: the next agent, or END. */
            route?: string | boolean;
            /** @description Values of variables, by name. */
            assign?: {
                [key: string]: unknown;
            };
            /** @description Tokens, instead of the estimate. */
            usage?: components["schemas"]["Usage"];
            /** @description Milliseconds to wait first; passes at once while the clock is frozen. */
            delay_ms?: number;
            /** @description Name of a gate to wait at first. */
            gate?: components["schemas"]["PathPart"];
            /**
             * @description What becomes of the execution over REST if its client leaves during this step, in place of what the namespace says: abandon, or finish (D123).
             * @enum {string}
             */
            on_disconnect?: "abandon" | "finish";
            /** @description The execution ends with status error. */
            error?: components["schemas"]["StepError"];
            /** @description The execution ends with status timeout. */
            timeout?: boolean;
            /**
             * @description What ExecutionFinished says on sockets; stop without this.
             * @enum {string}
             */
            finish_reason?: "stop" | "length" | "content_filter" | "tool_calls" | "error";
            /** @description How the text comes on sockets (D92): in which pieces, what is between them, and a gate in the middle. */
            stream?: components["schemas"]["StepStream"];
            /** @description Further events of the turn on sockets, sent as they are before the text (D90). */
            events?: components["schemas"]["StepEvent"][];
            /** @description The step that follows when a person declines a tool call, in place of the rest of this one; without it, this one goes on. */
            on_decline?: components["schemas"]["Step"];
        };
        /** @description A file, given as text or in base64. */
        StepArtifact: {
            /** @description Of the file, such as report.pdf; its extension tells its type. */
            name: string;
            /** @description As it is shown; the name where it is left out. */
            title?: string;
            /** @description What is in it, in UTF-8; templates such as {{ user_input }} are filled in. */
            text?: string;
            /** @description What is in it, for what is no text. */
            base64?: string;
        };
        /** @description The execution ends with status error. */
        StepError: {
            /** @description Such as tool_error. */
            type?: string;
            /** @description A sentence. */
            message?: string;
        };
        /** @description One event; fields of its type. */
        StepEvent: {
            /** @description Such as StateDelta or Custom. */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** @description One chunk that is found. */
        StepHit: {
            /** @description Of the chunk. */
            text: string;
            /** @description Name of the file that it is from. */
            source?: string;
            /** @description How well it fits; 1 without this. */
            score?: number;
        };
        /** @description A pause before the call, whatever the configuration says of approvals; without this, the configuration alone decides. The answer to a question is the call's result (D94). */
        StepPause: {
            /** @description What a person is asked for: to accept or decline, or to answer a question. */
            kind: components["schemas"]["HitlKind"];
            /** @description What the person is shown, in place of the tool's confirmation_prompt. */
            display_text?: string;
            /** @description Of ask_user_question: what the person is asked (D98). */
            question?: string;
            /** @description Of ask_user_question: what the person may choose from (D98). */
            options?: string[];
        };
        /** @description How the text comes on sockets (D92): in which pieces, what is between them, and a gate in the middle. */
        StepStream: {
            /** @description word: a word with the white space before it, as without this. character, or a number of characters. all: the whole text. */
            chunk?: ("word" | "character" | "all") | number;
            /** @description Milliseconds between two pieces; pass at once while the clock is frozen. */
            delay_ms?: number;
            /** @description Name of a gate that the text waits at once. */
            gate?: components["schemas"]["PathPart"];
            /** @description How many pieces come before that gate. */
            after?: number;
        };
        /** @description A call of a tool and what it answered. */
        StepToolCall: {
            /** @description One of the agent's tools. */
            name: string;
            /** @description What it is called with. */
            arguments?: {
                [key: string]: unknown;
            };
            /** @description What it answers. */
            result?: unknown;
            /** @description How it fails, in place of a result; the agent reads it and goes on. */
            error?: string;
            /** @description A pause before the call, whatever the configuration says of approvals; without this, the configuration alone decides. The answer to a question is the call's result (D94). */
            hitl?: components["schemas"]["StepPause"];
        };
        /** @description How tables are cut. */
        TableChunking: {
            /** @description Rows of a chunk; 10 without it. */
            rows_per_batch?: number;
            /**
             * @description How rows are written; CSV without it.
             * @enum {string}
             */
            table_format?: "csv" | "markdown";
            /** @description The column that is text, if there is one of this name; text without it. */
            csv_content_column?: string;
            /**
             * @description By rows, or the file as one text; by rows without it.
             * @enum {string}
             */
            csv_conversion_mode?: "row" | "file";
        } & {
            [key: string]: unknown;
        };
        /** @description A text. */
        TextBlock: {
            /**
             * @description text. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "text";
            /** @description The text. */
            text: string;
        } & {
            [key: string]: unknown;
        };
        /** @description How long uploads, collections, ingestion and artifacts take, and which files fail (D105). */
        Transitions: {
            files?: components["schemas"]["TransitionsPace"];
            collections?: components["schemas"]["TransitionsPace"];
            knowledge_bases?: components["schemas"]["TransitionsPace"];
            artifacts?: components["schemas"]["TransitionsPace"];
            /** @description Files that do not become what is wanted of them; the first that is about a file counts. */
            failures?: components["schemas"]["TransitionsFailingFile"][];
        };
        /** @description Files of one pattern that fail. */
        TransitionsFailingFile: {
            /** @description Pattern of their names, such as *.pdf. */
            file: string;
            /** @description In what they fail; in the ingestion of knowledge bases where it is left out. */
            in?: ("files" | "collections" | "knowledge_bases" | "artifacts")[];
            /** @description Why; Failed to process documents where it is left out. */
            message?: string;
            /** @description How often; always where it is left out. */
            times?: number;
        };
        /** @description At once; or after so many seconds of the namespace's clock; or after it was asked about so often. */
        TransitionsPace: "immediate" | components["schemas"]["TransitionsPaceEntry"];
        TransitionsPaceEntry: {
            /** @description Seconds of the namespace's clock. */
            after_seconds?: number;
            /** @description How often it is asked about until it is over. */
            after_polls?: number;
        };
        /** @description One agent's turn. */
        Turn: {
            /** @description Its name. */
            agent: string;
            /** @description The script that answered; null for a default answer. */
            script: string | null;
            /** @description What a model would have been sent; null where prompts are not asked for (?prompts=true), or the answer would be too large. */
            prompt: components["schemas"]["PromptMessage"][] | null;
            /** @description What it said. */
            text: string;
            /** @description Whether the user sees the text. */
            shown: boolean;
            /** @description Its fields, or the bare value of __root__; null for an agent without. */
            output: unknown;
            /** @description Tools that it called. */
            tool_calls: components["schemas"]["TurnToolCall"][];
            /** @description What was found for it in knowledge bases, the best of each first; of each what its script says, or what was looked up (D112). */
            knowledge: components["schemas"]["Hit"][];
            /** @description Files that it made. */
            artifacts: components["schemas"]["TurnArtifact"][];
            /** @description Estimated tokens of the turn (D44). */
            usage: components["schemas"]["Usage"];
            /** @description Where no script answered, those that nearly did, three at most, the nearest first: of which the fewest conditions failed. As the scripts were then. */
            nearest: components["schemas"]["NearestScript"][];
        };
        /** @description One of them. */
        TurnArtifact: {
            /** @description Of the session's artifact; null for one that is not kept, which a note tells of. */
            artifact_id: string | null;
            /** @description Of the file. */
            name: string;
        };
        /** @description A call of a tool and what it answered. */
        TurnToolCall: {
            /** @description The tool. */
            name: string;
            /** @description What it was called with. */
            arguments: {
                [key: string]: unknown;
            };
            /** @description What it answered, or the message of its error. */
            result: unknown;
            /** @description Whether it failed, or was not made. */
            failed: boolean;
        };
        /** @description Tokens that prompts and answers took. */
        Usage: {
            /** @description Of prompts. */
            input_tokens: number;
            /** @description Of answers. */
            output_tokens: number;
        };
        /** @description What its execution waits for, in one of three members; null where none runs. */
        WaitsFor: {
            /** @description Name of a gate that is to be opened. */
            gate?: string;
            /** @description Id of the call of a tool about which a person is to decide. */
            pause?: string;
            /** @description Time is to pass. */
            time?: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type ArtifactSeed = components['schemas']['ArtifactSeed'];
export type ChunkingStrategy = components['schemas']['ChunkingStrategy'];
export type Clock = components['schemas']['Clock'];
export type ClockMode = components['schemas']['ClockMode'];
export type CollectionSeed = components['schemas']['CollectionSeed'];
export type ContentBlock = components['schemas']['ContentBlock'];
export type Contract = components['schemas']['Contract'];
export type DelayRange = components['schemas']['DelayRange'];
export type DocumentChunking = components['schemas']['DocumentChunking'];
export type EmbeddingConfig = components['schemas']['EmbeddingConfig'];
export type Execution = components['schemas']['Execution'];
export type ExecutionError = components['schemas']['ExecutionError'];
export type Fault = components['schemas']['Fault'];
export type FaultKind = components['schemas']['FaultKind'];
export type FileAddress = components['schemas']['FileAddress'];
export type FileBlock = components['schemas']['FileBlock'];
export type FileData = components['schemas']['FileData'];
export type FileSeed = components['schemas']['FileSeed'];
export type FileSource = components['schemas']['FileSource'];
export type Gate = components['schemas']['Gate'];
export type HistoryMessage = components['schemas']['HistoryMessage'];
export type HistoryMessageMetadata = components['schemas']['HistoryMessageMetadata'];
export type Hit = components['schemas']['Hit'];
export type HitlKind = components['schemas']['HitlKind'];
export type ImageAddress = components['schemas']['ImageAddress'];
export type ImageBlock = components['schemas']['ImageBlock'];
export type ImageData = components['schemas']['ImageData'];
export type ImageSource = components['schemas']['ImageSource'];
export type ImageUrl = components['schemas']['ImageUrl'];
export type ImageUrlBlock = components['schemas']['ImageUrlBlock'];
export type JournalEntry = components['schemas']['JournalEntry'];
export type JournalWaitMatch = components['schemas']['JournalWaitMatch'];
export type KnowledgeBaseSeed = components['schemas']['KnowledgeBaseSeed'];
export type Move = components['schemas']['Move'];
export type NearestScript = components['schemas']['NearestScript'];
export type NewFault = components['schemas']['NewFault'];
export type NewFaultDelay = components['schemas']['NewFaultDelay'];
export type NewFaultRetryAfter = components['schemas']['NewFaultRetryAfter'];
export type NewLatency = components['schemas']['NewLatency'];
export type NewLatencyMilliseconds = components['schemas']['NewLatencyMilliseconds'];
export type NewRateLimit = components['schemas']['NewRateLimit'];
export type NewRateLimitEntry = components['schemas']['NewRateLimitEntry'];
export type NewScript = components['schemas']['NewScript'];
export type NewScriptContent = components['schemas']['NewScriptContent'];
export type NewScriptTurn = components['schemas']['NewScriptTurn'];
export type NewScriptWhen = components['schemas']['NewScriptWhen'];
export type OperationNameFilter = components['schemas']['OperationNameFilter'];
export type OperationNameGroup = components['schemas']['OperationNameGroup'];
export type OperationNameTarget = components['schemas']['OperationNameTarget'];
export type Outcome = components['schemas']['Outcome'];
export type PathPart = components['schemas']['PathPart'];
export type PromptMessage = components['schemas']['PromptMessage'];
export type PromptToolCall = components['schemas']['PromptToolCall'];
export type ResetScope = components['schemas']['ResetScope'];
export type RetryDate = components['schemas']['RetryDate'];
export type Scenario = components['schemas']['Scenario'];
export type Script = components['schemas']['Script'];
export type ScriptLayer = components['schemas']['ScriptLayer'];
export type Seed = components['schemas']['Seed'];
export type SeedAccount = components['schemas']['SeedAccount'];
export type SeedAgent = components['schemas']['SeedAgent'];
export type SeedClock = components['schemas']['SeedClock'];
export type SeedIds = components['schemas']['SeedIds'];
export type SeedKey = components['schemas']['SeedKey'];
export type SeedMessage = components['schemas']['SeedMessage'];
export type SeedProviderState = components['schemas']['SeedProviderState'];
export type SeedScenario = components['schemas']['SeedScenario'];
export type SeedSession = components['schemas']['SeedSession'];
export type SeedTool = components['schemas']['SeedTool'];
export type SeedVersion = components['schemas']['SeedVersion'];
export type SessionConfiguration = components['schemas']['SessionConfiguration'];
export type SessionSummary = components['schemas']['SessionSummary'];
export type Snapshot = components['schemas']['Snapshot'];
export type SocketError = components['schemas']['SocketError'];
export type Step = components['schemas']['Step'];
export type StepArtifact = components['schemas']['StepArtifact'];
export type StepError = components['schemas']['StepError'];
export type StepEvent = components['schemas']['StepEvent'];
export type StepHit = components['schemas']['StepHit'];
export type StepPause = components['schemas']['StepPause'];
export type StepStream = components['schemas']['StepStream'];
export type StepToolCall = components['schemas']['StepToolCall'];
export type TableChunking = components['schemas']['TableChunking'];
export type TextBlock = components['schemas']['TextBlock'];
export type Transitions = components['schemas']['Transitions'];
export type TransitionsFailingFile = components['schemas']['TransitionsFailingFile'];
export type TransitionsPace = components['schemas']['TransitionsPace'];
export type TransitionsPaceEntry = components['schemas']['TransitionsPaceEntry'];
export type Turn = components['schemas']['Turn'];
export type TurnArtifact = components['schemas']['TurnArtifact'];
export type TurnToolCall = components['schemas']['TurnToolCall'];
export type Usage = components['schemas']['Usage'];
export type WaitsFor = components['schemas']['WaitsFor'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
