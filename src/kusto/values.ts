import { refuse } from './refused.ts';

export type KqlType = 'bool' | 'int' | 'long' | 'real' | 'string' | 'datetime' | 'timespan' | 'guid' | 'dynamic';

/** A datetime, timespan or guid held inside a dynamic; datetime and timespan as 100 ns ticks. */
export type Tagged =
  { readonly tag: 'datetime' | 'timespan'; readonly ticks: bigint } | { readonly tag: 'guid'; readonly text: string };

/** Keys in the order in which they were written. */
export type Bag = ReadonlyMap<string, Dynamic>;

/** What a dynamic can hold: bigint is a long, number a real. */
export type Dynamic = null | boolean | number | bigint | string | Tagged | Bag | readonly Dynamic[];

/**
 * A cell. bool: boolean; int and real: number; long: bigint; datetime and timespan: bigint of 100 ns ticks (datetime since
 * 0001-01-01); string and guid: string; dynamic: Dynamic. null is KQL's null; a string is never null.
 */
export type Value = Dynamic;
export type Row = readonly Value[];

/** `hidden` columns travel with the rows but are no part of the schema: ingestion_time() reads one. */
export type Column = { readonly name: string; readonly type: KqlType; readonly hidden?: true };
/** The hidden column of a stored table's rows. */
export const INGESTION_TIME = '$IngestionTime';
export type Table = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly name?: string;
  /** the rows belong to nobody else, so an operator may add cells to them */ readonly fresh?: true;
};

const TYPE_NAMES: ReadonlyMap<string, KqlType> = new Map<string, KqlType>([
  ['bool', 'bool'],
  ['boolean', 'bool'],
  ['int', 'int'],
  ['long', 'long'],
  ['real', 'real'],
  ['double', 'real'],
  ['string', 'string'],
  ['datetime', 'datetime'],
  ['date', 'datetime'],
  ['timespan', 'timespan'],
  ['time', 'timespan'],
  ['guid', 'guid'],
  ['uuid', 'guid'],
  ['uniqueid', 'guid'],
  ['dynamic', 'dynamic'],
]);

/** The type that a name in KQL stands for; refuses decimal and everything unknown. */
export function typeNamed(name: string, position = -1): KqlType {
  return TYPE_NAMES.get(name.trim()) ?? refuse(`the type ${name.trim()} is not evaluated`, position);
}

/** A string column's missing value is the empty string: KQL strings have no null. */
export function missing(type: KqlType): Value {
  return type === 'string' ? '' : null;
}

export function isBag(value: Value): value is Bag {
  return typeof value === 'object' && value !== null && 'has' in value;
}

export function isArray(value: Value): value is readonly Dynamic[] {
  return Array.isArray(value);
}

export function isTagged(value: Value): value is Tagged {
  return typeof value === 'object' && value !== null && 'tag' in value;
}

export function visible(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => column.hidden !== true);
}
