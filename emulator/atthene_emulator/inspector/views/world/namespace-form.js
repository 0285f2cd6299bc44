/** Making a namespace: from a seed, or as a fork of another. */

import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { CopyButton } from "../../parts/copy.js";
import { Problem } from "../../parts/problem.js";
import { html, useId, useState } from "../../preact.js";
import { href } from "../../route.js";

const SEEDS = ["default", "busy", "empty"]; // that come with the emulator
const CONTRACTS = ["current", "reference", "connecting"];
const EMPTY = { name: "", seed: "", contract: "", from: "", ttl_seconds: "" };

/** `sources` are the namespaces that can be forked. */
export function NewNamespace({ sources, again }) {
  const kind = useId();
  const [isFork, choose] = useState(false);
  const [values, set] = useState(EMPTY);
  const [made, show] = useState(null);
  const { act, error } = useAction();
  const make = (event) => {
    event.preventDefault();
    void act(async () => {
      const { value } = await ask("POST", "/namespaces", { body: wanted(values, isFork, sources), namespace: null });
      set(EMPTY);
      show(value);
      await again();
      return value;
    }, (one) => `Made the namespace ${one.name}`);
  };
  const change = (name) => (event) => set({ ...values, [name]: event.target.value });
  const field = (name, label, more = {}) => html`<label>${label} <input value=${values[name]} onInput=${change(name)} ...${more} /></label>`;
  const select = (name, label, options, none) => html`
    <label>${label}
      <select value=${values[name]} onChange=${change(name)}>
        ${none && html`<option value="">${none}</option>`}
        ${options.map((one) => html`<option value=${one} selected=${values[name] === one}>${one}</option>`)}
      </select>
    </label>
  `;
  return html`
    <form class="card" onSubmit=${make} aria-labelledby="new-title">
      <h3 id="new-title">A new namespace</h3>
      <fieldset class="choice">
        <legend>Made</legend>
        <label><input type="radio" name=${kind} checked=${!isFork} onChange=${() => choose(false)} /> from a seed</label>
        <label><input type="radio" name=${kind} checked=${isFork} onChange=${() => choose(true)} /> as a fork of another</label>
      </fieldset>
      <div class="form-grid">
        ${field("name", "Name, chosen if left out")}
        ${isFork
          ? select("from", "Fork of", sources.map((one) => one.name))
          : html`${select("seed", "Seed", SEEDS, "what the emulator was started with")}${select("contract", "Contract", CONTRACTS, "the one of the seed")}`}
        ${field("ttl_seconds", "Forgotten when unused, seconds", { type: "number", min: 1, step: "any" })}
      </div>
      <${Problem} error=${error} />
      <div class="actions"><button type="submit" class="main">Make it</button></div>
      ${made && html`
        <p>Made <a href=${href(["world"], { namespace: made.name })}>${made.name}</a>; its key is <code>${made.api_key}</code>
        ${" "}<${CopyButton} text=${made.api_key} label=${`the new key of ${made.name}`} /></p>
      `}
    </form>
  `;
}

function wanted({ name, seed, contract, from, ttl_seconds: ttl }, isFork, sources) {
  const given = isFork ? { from: from || sources[0]?.name } : { seed, contract };
  const said = Object.entries({ name: name.trim(), ...given, ttl_seconds: ttl === "" ? "" : Number(ttl) });
  return Object.fromEntries(said.filter(([, value]) => value !== ""));
}
