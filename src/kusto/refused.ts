/** A query that is not answered: `invalid` when KQL itself forbids it, `unsupported` when this evaluator cannot answer it exactly. */
export class KqlRefused extends Error {
  override readonly name = 'KqlRefused';
  readonly reason: 'invalid' | 'unsupported';
  /** Offset in the query text (or in the body of the saved function) where the refused construct starts; -1 when unknown. */
  readonly position: number;

  constructor(message: string, position: number, reason: 'invalid' | 'unsupported' = 'unsupported') {
    super(message);
    this.position = position;
    this.reason = reason;
  }
}

/** Throws KqlRefused: better no answer than a wrong one. */
export function refuse(message: string, position = -1): never {
  throw new KqlRefused(message, position);
}
