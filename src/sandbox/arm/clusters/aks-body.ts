import { isObject } from '../../json.ts';
import type { ArmCall } from '../context.ts';
import { aksError } from '../errors.ts';
import { schemaFor } from '../schema-for.ts';
import { validate, validateName } from '../validate.ts';
import type { Issue } from '../validate.ts';

const versionHint =
  'Check that the field is in the right location, is spelled correctly, and is supported in the API version. Visit aka.ms/aks/apiversions to learn more about API versions.';

/** Body and name against the schema of the api-version; throws the first issue in AKS's own words. */
export const checkAksBody = (call: ArmCall, type: string, name: string): void => {
  const schema = schemaFor(type, call.apiVersion);
  if (!isObject(call.body))
    throw aksError(400, 'UnmarshalError', 'UnmarshalEntity encountered error: unexpected end of JSON input.');
  if (schema === undefined) return;
  const [badName] = validateName(schema, name);
  if (badName !== undefined && /\/agentPools$/iu.test(type)) throw badPoolName();
  if (badName !== undefined) {
    throw aksError(
      400,
      'InvalidParameter',
      `The value of parameter resourceName is invalid. Error details: '${name}' must be ${badName.expected}. Please see https://aka.ms/aks-naming-rules for more details.`,
      'resourceName',
    );
  }
  const issues = validate(schema, call.body);
  const worst =
    issues.find(({ kind }) => kind === 'unknown') ?? issues.find(({ kind }) => kind === 'type') ?? issues[0];
  if (worst !== undefined) throw worded(worst);
};

/** In the words of Azure/AKS#3300, which say neither which pool nor what is wrong with its name. */
const badPoolName = (): Error =>
  aksError(
    400,
    'InvalidParameter',
    'The value of parameter agentPoolProfile.name is invalid. Please see https://aka.ms/aks-naming-rules for more details.',
    'agentPoolProfile.name',
  );

const worded = (issue: Issue): Error => {
  const parameter = issue.path.replace(/^properties\./u, '');
  if (issue.kind === 'pattern' && /^agentPoolProfiles\[\d+\]\.name$/u.test(parameter)) return badPoolName();
  switch (issue.kind) {
    case 'unknown':
      return aksError(
        400,
        'UnmarshalError',
        `UnmarshalEntity encountered error: json: unknown field "${issue.field}". ${versionHint}`,
      );
    case 'type':
      return aksError(
        400,
        'UnmarshalError',
        `UnmarshalEntity encountered error: json: cannot unmarshal ${goType(issue.actual)} into Go struct field ${parameter} of type ${issue.expected}. ${versionHint}`,
      );
    case 'required':
      return aksError(400, 'InvalidParameter', `Required parameter ${parameter} is missing (null).`, parameter);
    case 'value':
    case 'pattern':
    case 'range':
    case 'variant':
      return aksError(
        400,
        'InvalidParameter',
        `The value of parameter ${parameter} is invalid. Error details: ${JSON.stringify(issue.actual)} must be ${issue.expected}. Please see https://aka.ms/aks-naming-rules for more details.`,
        parameter,
      );
  }
  return issue.kind satisfies never;
};

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};
