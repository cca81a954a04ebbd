/** Why a sandbox cannot be served from a folder, in a sentence for its user that says the way out. */
export class CannotServe extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CannotServe';
  }
}
