import type { HttpReply } from '../server/http.ts';

export interface ErrorOptions {
  /** AKS answers its errors flat, without the `error` member around them. */
  readonly flat?: boolean;
  readonly target?: string;
  /** Of AKS, where its code is only a kind. */
  readonly subcode?: string;
  readonly details?: readonly unknown[];
  readonly additionalInfo?: readonly unknown[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that ends a request; the dispatcher turns it into its service's shape. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly options: ErrorOptions;

  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
    this.options = options;
  }
}

/** An error as AKS's resource provider words it: `{code, details, message, subcode, target}` without a wrapper. */
export const aksError = (status: number, code: string, message: string, target = ''): ArmError =>
  new ArmError(status, code, message, { flat: true, target });

export const errorReply = (error: ArmError): HttpReply => {
  const { flat, target, subcode, details, additionalInfo, headers = {} } = error.options;
  if (flat === true) {
    const body = {
      code: error.code,
      details: details ?? null,
      message: error.message,
      subcode: subcode ?? '',
      target: target ?? '',
    };
    return { status: error.status, headers, body };
  }
  const body = {
    error: {
      code: error.code,
      message: error.message,
      ...(target === undefined ? {} : { target }),
      ...(details === undefined ? {} : { details }),
      ...(additionalInfo === undefined ? {} : { additionalInfo }),
    },
  };
  // ARM's own refusals, as opposed to a provider's, carry this header.
  return { status: error.status, headers: { 'x-ms-failure-cause': 'gateway', ...headers }, body };
};

export const resourceNotFound = (type: string, name: string, group: string): ArmError =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const groupNotFound = (group: string): ArmError =>
  new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
