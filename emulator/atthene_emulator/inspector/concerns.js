/** When to ask again: which events may have changed what a part of this view shows. */

const WHOLE = ["/reset", "/clear", "/restore", "/scenarios/", "/provider-states"]; // what changes everything in a namespace

/** Whether an event is of a request to the control plane that is about one of these paths, or changes everything. */
export const concerns = (...paths) => ({ kind, data }) => kind === "control" && [...WHOLE, ...paths].some((one) => data.path.includes(one));
