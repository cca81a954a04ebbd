import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { loadPack } from '../../src/detections/load-pack.ts';
import { ruleBody, ruleId } from '../../src/detections/rule-body.ts';
import { sameRule, sameSavedSearch } from '../../src/detections/same.ts';
import { savedSearchBody, savedSearchId } from '../../src/detections/saved-search.ts';
import { uuidV5 } from '../../src/detections/uuid-v5.ts';
import { packRoot } from './root.ts';

const workspace = '/subscriptions/0000/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law';
const pack = await loadPack(packRoot);

/** The request body that Azure's own type definitions describe. */
async function bodySchema(resource: string) {
  const text = await readFile(join(packRoot, `src/sandbox/arm/schemas/${resource}.json`), 'utf8');
  const { body, definitions } = JSON.parse(text) as { body: object; definitions: object };
  return new Ajv2020({ strict: false, allErrors: true }).compile({ ...body, $defs: definitions });
}

function ruleNamed(slug: string) {
  const rule = pack.rules.find((each) => each.slug === slug);
  if (rule === undefined) throw new Error(`no rule ${slug}`);
  return rule;
}

const properties = (slug: string) => ruleBody(ruleNamed(slug)).properties;

describe('the body of a rule', () => {
  it.each(['2025-09-01', '2025-10-01-preview'])('is what alertRules %s describes', async (version) => {
    const valid = await bodySchema(`Microsoft.SecurityInsights_alertRules_${version}`);
    for (const rule of pack.rules) {
      valid(ruleBody(rule));
      expect(valid.errors, rule.slug).toBeNull();
    }
    expect(valid({ ...ruleBody(ruleNamed('crypto-miner')), properties: { displayName: 'x' } })).toBe(false);
  });

  it('names techniques without their sub-techniques, each once, and keeps those in the description', () => {
    expect(properties('sensitive-file-read')['techniques']).toEqual(['T1003', 'T1552']);
    expect(properties('sensitive-file-read')['description']).toMatch(/\nATT&CK: T1003\.008, T1552\.001, T1552\.004\.$/);
    expect(properties('run-from-writable-path')['description']).not.toContain('ATT&CK:');
    for (const rule of pack.rules) {
      expect(ruleBody(rule).properties['techniques']).toSatisfy((list: string[]) =>
        list.every((item) => /^T\d{4}$/.test(item)),
      );
    }
  });

  it('writes durations in ISO 8601 and always says how long a suppression would be', () => {
    expect(properties('sensor-silent')).toMatchObject({
      queryFrequency: 'PT15M',
      queryPeriod: 'P1D',
      suppressionDuration: 'PT5H',
      suppressionEnabled: false,
    });
    expect(properties('enforcement-acted')).toMatchObject({
      queryPeriod: 'PT1H',
      triggerOperator: 'GreaterThan',
      triggerThreshold: 0,
    });
  });

  it('makes one incident of what happens to one workload', () => {
    expect(properties('sensitive-file-read')['incidentConfiguration']).toEqual({
      createIncident: true,
      groupingConfiguration: {
        enabled: true,
        reopenClosedIncident: false,
        lookbackDuration: 'PT5H',
        matchingMethod: 'Selected',
        groupByEntities: [],
        groupByAlertDetails: [],
        groupByCustomDetails: ['Namespace', 'Workload'],
      },
    });
  });

  it('keeps a rule off that somebody switched off', () => {
    expect(ruleBody(ruleNamed('crypto-miner'), { enabled: false }).properties['enabled']).toBe(false);
    expect(properties('crypto-miner')['enabled']).toBe(true);
  });
});

describe('ids', () => {
  it('are UUIDs of version 5 as RFC 9562 computes them', () => {
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('of a rule are the same whatever case Azure writes the workspace in, and another in another workspace', () => {
    const id = ruleId(workspace, 'crypto-miner');
    expect(ruleId(workspace.toUpperCase(), 'crypto-miner')).toBe(id);
    expect(ruleId(`${workspace}2`, 'crypto-miner')).not.toBe(id);
    expect(new Set(pack.rules.map(({ slug }) => ruleId(workspace, slug))).size).toBe(pack.rules.length);
  });
});

describe('the body of a function', () => {
  it('is what savedSearches 2025-07-01 describes', async () => {
    const valid = await bodySchema('Microsoft.OperationalInsights_workspaces_savedSearches_2025-07-01');
    for (const fn of pack.functions) {
      valid({ properties: savedSearchBody(fn) });
      expect(valid.errors, fn.slug).toBeNull();
    }
  });

  it('lists its parameters without parentheses and has a name in lower case', () => {
    const [events] = pack.functions.filter(({ alias }) => alias === 'TetragonEvents');
    expect(events && savedSearchBody(events)).toMatchObject({
      functionAlias: 'TetragonEvents',
      functionParameters: 'eventtype:string="*"',
    });
    expect(events && savedSearchId(events)).toBe('aks-ebpf-sentinel-tetragon-events');
  });
});

describe('what Azure gives back', () => {
  const wanted = ruleBody(ruleNamed('sensitive-file-read'));
  const echo = {
    kind: 'Scheduled' as const,
    properties: {
      ...wanted.properties,
      queryFrequency: 'PT300S',
      queryPeriod: 'PT0H30M',
      severity: 'medium',
      techniques: ['T1552', 'T1003'],
      subTechniques: null,
      alertRuleTemplateName: null,
      lastModifiedUtc: '2026-11-23T15:00:00Z',
      query: String(wanted.properties['query']).replaceAll('\n', '\r\n'),
    },
  };

  it('is the same rule, with more fields, other spellings and another order', () => {
    expect(sameRule(wanted, echo)).toBe(true);
  });

  it('is the same rule where somebody only switched it off', () => {
    expect(sameRule(wanted, { ...echo, properties: { ...echo.properties, enabled: false } })).toBe(true);
  });

  it.each([
    ['query', 'TetragonFiles()'],
    ['query', String(wanted.properties['query']).replace('credential', 'Credential')],
    ['severity', 'High'],
    ['queryPeriod', 'PT1H'],
    ['techniques', ['T1003']],
    ['tactics', undefined],
    ['customDetails', {}],
    ['entityMappings', null],
    ['displayName', 'AUTO DISABLED Sensitive file read'],
  ])('is another rule when %s is %j', (key, value) => {
    expect(sameRule(wanted, { ...echo, properties: { ...echo.properties, [key]: value } })).toBe(false);
  });

  it('is the same function with an etag, without spaces between parameters and without empty fields', () => {
    for (const fn of pack.functions) {
      const body = savedSearchBody(fn);
      const { functionParameters, ...rest } = body;
      const seen = {
        ...rest,
        ...(functionParameters === undefined ? {} : { functionParameters: functionParameters.replaceAll(' ', '') }),
        version: 2,
      };
      expect(sameSavedSearch(body, seen)).toBe(true);
      expect(sameSavedSearch(body, { ...seen, query: `${body.query}\n| take 1` })).toBe(false);
      expect(sameSavedSearch(body, { ...seen, functionParameters: 'other:string' })).toBe(false);
    }
  });
});
