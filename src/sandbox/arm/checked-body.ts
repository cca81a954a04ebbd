import { randomBytes } from 'node:crypto';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ArmCall } from './context.ts';
import { ArmError } from './errors.ts';
import { schemaFor } from './schema-for.ts';
import { validate, validateName } from './validate.ts';
import type { Issue } from './validate.ts';

const provider = { headers: { 'x-ms-failure-cause': 'service' } } as const;

/** A provider's own refusal, wrapped as most providers do. */
export const providerError = (status: number, code: string, message: string, details?: readonly unknown[]): ArmError =>
  new ArmError(status, code, message, { ...provider, ...(details === undefined ? {} : { details }) });

/** The body of a PUT or PATCH, checked against the api-version's schema; throws a wrapped 400 with the first issue. */
export const checkedBody = (
  call: ArmCall,
  options: {
    readonly name?: string;
    readonly partial?: boolean;
    readonly code?: string;
    readonly ignore?: (issue: Issue) => boolean;
  } = {},
): JsonObject => {
  const type = `${call.route.namespace}/${call.route.type}`;
  if (!isObject(call.body)) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized: a JSON object is required.',
    );
  }
  const schema = schemaFor(type, call.apiVersion);
  if (schema === undefined) return call.body;
  const [badName] = options.name === undefined ? [] : validateName(schema, options.name);
  if (badName !== undefined) throw badNameError(type, options.name ?? '', badName.expected);
  const issues = validate(schema, call.body).filter(
    (issue) => !(options.partial === true && issue.kind === 'required') && options.ignore?.(issue) !== true,
  );
  const [first] = issues;
  if (first !== undefined) throw providerError(400, options.code ?? 'InvalidRequestContent', wordedIssue(first));
  return call.body;
};

/** Azure/AzureMonitorStarterPacks#173 shows the workspace's words; the others have no source. */
const badNameError = (type: string, name: string, expected: string): ArmError =>
  type.toLowerCase() === 'microsoft.operationalinsights/workspaces'
    ? providerError(
        400,
        'InvalidParameter',
        `Workspace name must start and end with an alphanumeric character, and may contain only alphanumeric and hyphen characters. Operation Id: '${randomBytes(16).toString('hex')}'`,
      )
    : providerError(
        400,
        'InvalidResourceName',
        `The resource name '${name}' of type '${type}' is invalid: it must be ${expected}.`,
      );

export const wordedIssue = (issue: Issue): string => {
  switch (issue.kind) {
    case 'unknown':
      return `The request content was invalid and could not be deserialized: 'Could not find member '${issue.field}' on object at path '${issue.path}'.'.`;
    case 'type':
      return `The request content was invalid and could not be deserialized: 'Error converting value ${JSON.stringify(issue.actual)} to type '${issue.expected}'. Path '${issue.path}'.'.`;
    case 'required':
      return `Required property '${issue.field}' not found in JSON. Path '${issue.path}'.`;
    case 'value':
    case 'pattern':
    case 'range':
    case 'variant':
      return `The value ${JSON.stringify(issue.actual)} of '${issue.path}' is invalid: it must be ${issue.expected}.`;
  }
  return issue.kind satisfies never;
};
