export interface Schemaless {
  /** The api-version of the same type that speaks in its place; without one nobody here can judge. */
  readonly nearest?: string;
  readonly reason: string;
}

/** `type@version`, lower-cased, that the product sends bodies to and that the schemas at hand lack. A new one fails the run. */
export const schemaless: Readonly<Record<string, Schemaless>> = {
  'microsoft.containerservice/managedclusters@2026-06-01': {
    nearest: '2026-05-01',
    reason: 'the SDK sends tags, and nothing else, with its own newest version',
  },
  'microsoft.resources/resourcegroups@2025-04-01': {
    reason: 'the schemas hold no type of Microsoft.Resources; the SDK makes this body of a region and tags',
  },
};

export interface AcceptedObjection {
  /** Fits `type@version`, lower-cased. */
  readonly schema: RegExp;
  /** Fits the JSON pointer. */
  readonly at: RegExp;
  /** ajv's keyword. */
  readonly keyword: string;
  /** Fits the values that are accepted all the same, as JSON. */
  readonly value: RegExp;
  /** Why the schema is wrong, and how it is known. */
  readonly reason: string;
}

/** Oddities of the schemas themselves. */
export const acceptedObjections: readonly AcceptedObjection[] = [
  {
    schema: /^microsoft\.operationalinsights\/workspaces\/tables@/u,
    at: /^\/properties\/(?:totalR|r)etentionInDays$/u,
    keyword: 'minimum',
    value: /^-1$/u,
    reason:
      "the schema's minimum is 4, and its own description says that -1 is the workspace's retention; az sends it, too",
  },
  {
    schema: /^microsoft\.insights\/datacollectionrules@/u,
    at: /^\/properties\/(?:dataSources\/extensions|dataFlows)\/\d+\/streams\/\d+$/u,
    keyword: 'knownValues',
    value: /^"Microsoft-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"$/u,
    reason:
      'whoever sends a stream names it: Container Insights documents its own, and the schema lists five of others',
  },
];
