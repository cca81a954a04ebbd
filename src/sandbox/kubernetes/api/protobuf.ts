/** Only what clients send in this encoding is described; see protobuf-kinds.ts. */
export type Message = Readonly<Record<number, Field>>;

export interface Field {
  readonly name: string;
  /** `ignored` is for status, which no client may set. */
  readonly type:
    | 'ignored'
    | 'string'
    | 'int'
    | 'plain-int'
    | 'bool'
    | 'bytes'
    | 'raw-json'
    | 'time'
    | 'int-or-string'
    | 'string-map'
    | 'bytes-map'
    | 'quantity-map'
    | Message;
  readonly repeated?: boolean;
  /** In JSON its fields stand among those of the message that holds it. */
  readonly inline?: boolean;
}

interface Part {
  readonly number: number;
  readonly varint: bigint;
  readonly bytes: Buffer;
}

/** A field that no message here describes. */
export class UnknownField extends Error {
  constructor(number: number) {
    super(`unknown protobuf field ${number}`);
  }
}

/** Splits a protobuf message into its fields, in order. Throws RangeError on a torn one. */
export const parts = (buffer: Buffer): readonly Part[] => {
  const found: Part[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError('unexpected end of a protobuf message');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError('unexpected end of a protobuf message');
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        found.push({ number, varint: varint(), bytes: Buffer.alloc(0) });
        break;
      case 1:
        found.push({ number, varint: 0n, bytes: take(8) });
        break;
      case 2:
        found.push({ number, varint: 0n, bytes: take(Number(varint())) });
        break;
      case 5:
        found.push({ number, varint: 0n, bytes: take(4) });
        break;
      default:
        throw new RangeError(`unexpected protobuf wire type ${tag & 7}`);
    }
  }
  return found;
};

/** A message as the JSON object it stands for. Empty strings, which Go always writes, are left out. */
export const decodeMessage = (message: Message, buffer: Buffer): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (const part of parts(buffer)) {
    const field = message[part.number];
    if (field === undefined) {
      // Go writes empty strings and zeros, too; a value that nobody here knows must not get lost silently.
      if (part.bytes.length > 0 || part.varint !== 0n) throw new UnknownField(part.number);
      continue;
    }
    if (field.type === 'ignored') continue;
    if (field.type === 'string-map' || field.type === 'bytes-map' || field.type === 'quantity-map') {
      const entries = (out[field.name] ??= {}) as Record<string, string>;
      const [key, value] = [1, 2].map(
        (number) => parts(part.bytes).find((entry) => entry.number === number)?.bytes ?? Buffer.alloc(0),
      );
      if (key !== undefined && value !== undefined) entries[key.toString()] = mapValue(field.type, value);
      continue;
    }
    const value = decodeValue(field.type, part);
    if (field.inline === true) Object.assign(out, value);
    else if (field.repeated === true) ((out[field.name] ??= []) as unknown[]).push(value);
    else if (value !== '' && value !== undefined) out[field.name] = value;
  }
  return out;
};

const mapValue = (type: 'string-map' | 'bytes-map' | 'quantity-map', value: Buffer): string => {
  if (type === 'quantity-map') return parts(value)[0]?.bytes.toString() ?? '';
  return value.toString(type === 'bytes-map' ? 'base64' : 'utf8');
};

const decodeValue = (
  type: Exclude<Field['type'], 'ignored' | 'string-map' | 'bytes-map' | 'quantity-map'>,
  part: Part,
): unknown => {
  switch (type) {
    case 'string':
      return part.bytes.toString();
    case 'int':
      return Number(BigInt.asIntN(64, part.varint));
    case 'plain-int':
      // Go writes these always; zero is as good as absent.
      return part.varint === 0n ? undefined : Number(BigInt.asIntN(64, part.varint));
    case 'bool':
      return part.varint !== 0n;
    case 'bytes':
      return part.bytes.toString('base64');
    case 'raw-json': {
      const raw =
        parts(part.bytes)
          .find(({ number }) => number === 1)
          ?.bytes.toString() ?? '';
      return raw === '' ? undefined : (JSON.parse(raw) as unknown);
    }
    case 'int-or-string': {
      const [kind, number, text] = [1, 2, 3].map((wanted) =>
        parts(part.bytes).find((entry) => entry.number === wanted),
      );
      return (kind?.varint ?? 0n) === 0n
        ? Number(BigInt.asIntN(64, number?.varint ?? 0n))
        : (text?.bytes.toString() ?? '');
    }
    case 'time': {
      const seconds = parts(part.bytes).find(({ number }) => number === 1)?.varint;
      return seconds === undefined
        ? undefined
        : new Date(Number(BigInt.asIntN(64, seconds)) * 1000).toISOString().replace('.000Z', 'Z');
    }
    default:
      return decodeMessage(type, part.bytes);
  }
};
