import {
  type Decimal as IonDecimal,
  IonTypes,
  makeReader,
  makeTextWriter,
  type Reader,
  type Writer,
} from 'ion-js'
import { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'
import { MAX_ITEMS, MAX_VALUE_DEPTH } from '../limits.ts'
import { encodeBase64 } from '../value/base64.ts'
import { dateText } from '../value/date-text.ts'
import { Decimal } from '../value/decimal.ts'
import { describeKind, isDateTime, isMap } from '../value/kind.ts'
import { entriesOf, setOwn } from '../value/map.ts'
import type { Meter } from '../value/meter.ts'
import { shortest } from '../value/number.ts'
import { exactDecimal } from '../value/number-literal.ts'
import { Real } from '../value/real.ts'

// ion-js is the format's own library; it only reads and writes tokens here. What values become is ours to bound.

/** Reads Ion text. @param all - a list of all its values instead of the first. @throws ExpressionError */
export function readIon(text: string, all: boolean, meter: Meter): unknown {
  meter.charge(text.length)
  try {
    const reader = makeReader(text)
    const values: unknown[] = []
    while (values.length < (all ? MAX_ITEMS : 1) && reader.next() !== null)
      values.push(readValue(reader, meter, 0))
    return all ? values : (values[0] ?? null)
  } catch (error) {
    if (error instanceof ExpressionError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExpressionError('EXPRESSION_VALUE', `The text is not valid Ion: ${reason}.`)
  }
}

function readValue(reader: Reader, meter: Meter, depth: number): unknown {
  meter.charge(1)
  checkDepth(depth)
  if (reader.isNull()) return null
  switch (reader.type()) {
    case IonTypes.BOOL:
      return reader.booleanValue()
    case IonTypes.INT:
      return shortest(reader.bigIntValue() ?? 0n)
    case IonTypes.FLOAT:
      return reader.numberValue()
    case IonTypes.DECIMAL:
      return decimalOf(reader.decimalValue())
    case IonTypes.TIMESTAMP:
      return dateOf(reader.timestampValue()?.getDate(), reader.timestampValue()?.toString())
    case IonTypes.STRING:
    case IonTypes.SYMBOL:
      return reader.stringValue()
    case IonTypes.BLOB:
    case IonTypes.CLOB:
      return encodeBase64(reader.uInt8ArrayValue() ?? new Uint8Array())
    case IonTypes.LIST:
    case IonTypes.SEXP:
      return readList(reader, meter, depth)
    case IonTypes.STRUCT:
      return readStruct(reader, meter, depth)
    default:
      return null
  }
}

function readList(reader: Reader, meter: Meter, depth: number): unknown[] {
  const items: unknown[] = []
  reader.stepIn()
  while (reader.next() !== null) items.push(readValue(reader, meter, depth + 1))
  reader.stepOut()
  return items
}

function readStruct(reader: Reader, meter: Meter, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  reader.stepIn()
  while (reader.next() !== null) setOwn(map, reader.fieldName() ?? '', readValue(reader, meter, depth + 1))
  reader.stepOut()
  return map
}

function decimalOf(decimal: IonDecimal | null): unknown {
  return decimal === null ? null : exactDecimal(decimal.toString().replace(/[dD]/, 'e'))
}

/** Ion keeps as many fraction digits as were written, which the JavaScript date next to it does not. */
function dateOf(date: Date | undefined, text: string | undefined): unknown {
  if (date === undefined || text === undefined) return null
  const exact = /T.*(?:Z|[+-]\d\d:\d\d)$/.exec(text)
  const instant =
    exact === null
      ? Temporal.Instant.fromEpochMilliseconds(date.getTime())
      : Temporal.Instant.from(text.replace(/(\.\d{9})\d+/, '$1').replace('-00:00', 'Z'))
  return instant.toZonedDateTimeISO('UTC')
}

/** Writes a value as Ion text. @throws ExpressionError for what has no Ion form */
export function ionText(value: unknown, meter: Meter): string {
  const writer = makeTextWriter()
  writeValue(writer, value, meter, 0)
  writer.close()
  return new TextDecoder().decode(writer.getBytes())
}

function writeValue(writer: Writer, value: unknown, meter: Meter, depth: number): void {
  meter.charge(1)
  checkDepth(depth)
  if (value === null || value === undefined) writer.writeNull(IonTypes.NULL)
  else if (typeof value === 'string') writer.writeString(value)
  else if (typeof value === 'boolean') writer.writeBoolean(value)
  else if (typeof value === 'bigint') writer.writeInt(value)
  else if (typeof value === 'number') writeNumber(writer, value)
  else if (value instanceof Real) writer.writeFloat64(value.value)
  else if (value instanceof Decimal || isDateTime(value) || value instanceof Date) writeScalar(writer, value)
  else if (Array.isArray(value)) {
    writer.stepIn(IonTypes.LIST)
    for (const item of value) writeValue(writer, item, meter, depth + 1)
    writer.stepOut()
  } else if (isMap(value)) {
    writer.stepIn(IonTypes.STRUCT)
    for (const [key, item] of entriesOf(value)) {
      writer.writeFieldName(String(key))
      writeValue(writer, item, meter, depth + 1)
    }
    writer.stepOut()
  } else throw new ExpressionError('EXPRESSION_VALUE', `Ion has no form for ${describeKind(value)}.`)
}

function writeNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value)) writer.writeInt(value)
  else writer.writeFloat64(value)
}

/** Decimals and dates as text: the library's own types for them hold fewer digits. */
function writeScalar(writer: Writer, value: Decimal | Date | Temporal.ZonedDateTime): void {
  if (value instanceof Decimal) writer.writeString(value.toString())
  else writer.writeString(value instanceof Date ? value.toISOString() : dateText(value))
}

function checkDepth(depth: number): void {
  if (depth > MAX_VALUE_DEPTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A value nests deeper than ${MAX_VALUE_DEPTH}.`)
  }
}
