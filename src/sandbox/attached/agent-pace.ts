const second = 1000;
const minute = 60 * second;

/** How the agent spends its time, in milliseconds. `noticed` and `ingestion` are Azure's and estimates; the others are this machine's. */
export const pace = {
  /** Until a changed data collection rule, association, add-on or ConfigMap is what the agents on the nodes work by. */
  noticed: 2 * minute,
  /** From a line in a container to its row in the workspace. */
  ingestion: 2 * minute,
  /** Between two looks at the pods. */
  look: second,
  /** Between two deliveries. */
  delivery: 0.5 * second,
  /** For how long one connection follows a log before it is made anew: a dead one would say nothing for ever. */
  connection: 10 * minute,
  /** For how long a log may be silent before its connection goes to one that waits for one. */
  silence: 5 * second,
} as const;

/** Logs that are followed at a time; more take turns. */
export const connections = 48;

/** Rows that may wait for their time; reading pauses above. */
export const waitingRows = 50_000;
