/** The clock of a namespace beside that of the machine that the emulator runs on, which stands in the head of each answer. */

const OFF = 5; // seconds that clocks may differ by which nobody has moved

/** The time of the machine when it answered, as the control plane takes times; `answer` is `{value, headers}`. */
export const machineTime = ({ headers }) => `${new Date(headers.get("date")).toISOString().slice(0, 19)}Z`;

/** Whether the clock that was answered showed another time. */
export const isMoved = ({ value, headers }) => Boolean(value && headers.get("date")) && Math.abs(Date.parse(value.now) - Date.parse(headers.get("date"))) > OFF * 1000;
