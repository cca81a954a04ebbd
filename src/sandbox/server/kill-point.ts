/** When, in the life of one request, a client is killed. */
export const killPhases = ['before-apply', 'after-apply', 'after-reply'] as const;
export type KillPhase = (typeof killPhases)[number];

/** The request at which an order to kill is due. */
export interface KillPoint {
  readonly phase: KillPhase;
  /**
   * Kills, and settles when it is known whether that took the sender of this request, too; `gone` is its connection. A sender that
   * lives on (helm, where only the command line is killed) is to be served as usual.
   */
  strike(gone: AbortSignal): Promise<boolean>;
}

export interface SeenRequest {
  readonly service: string;
  readonly method: string;
  /** With or without its query. */
  readonly path: string;
}

/** Called once for each request, when it arrives; a point where an order is due at it. */
export type MeetKill = (request: SeenRequest) => KillPoint | undefined;

/** Whether this phase of the request took its sender's life: then there is nobody left to answer. */
export const diesAt = async (phase: KillPhase, point: KillPoint | undefined, gone: AbortSignal): Promise<boolean> =>
  point?.phase === phase ? point.strike(gone) : false;

/** Strikes once an answer is with the kernel; the request itself is over by then. */
export const strikeAfterReply = (point: KillPoint | undefined): void => {
  if (point?.phase === 'after-reply') void point.strike(AbortSignal.abort());
};
