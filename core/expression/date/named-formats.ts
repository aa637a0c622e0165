import { type DateStyle, type PatternPart, readPattern } from './pattern.ts'

const FRACTION: PatternPart = { type: 'fraction' }
const LOCAL_TIME: readonly PatternPart[] = [...readPattern('HH:mm:ss'), FRACTION]
const OFFSET: PatternPart = { type: 'optional', parts: readPattern('XXX') }
const LOCAL_DATE_TIME: readonly PatternPart[] = [...readPattern("yyyy-MM-dd'T'"), ...LOCAL_TIME]
const ZONE: PatternPart = { type: 'optional', parts: readPattern("'['VV']'") }

function style(name: DateStyle): readonly PatternPart[] {
  return [{ type: 'style', style: name }]
}

/** Shortcuts: the reference's own, and the constants of Java's DateTimeFormatter. */
export const NAMED_FORMATS: ReadonlyMap<string, readonly PatternPart[]> = new Map([
  ['iso', readPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")],
  ['iso_sec', readPattern("yyyy-MM-dd'T'HH:mm:ssXXX")],
  ['sql', readPattern('yyyy-MM-dd HH:mm:ss.SSSSSS')],
  ['sql_seq', readPattern('yyyy-MM-dd HH:mm:ss')],
  ['sql_sec', readPattern('yyyy-MM-dd HH:mm:ss')],
  ['iso_date_time', [...LOCAL_DATE_TIME, OFFSET, ZONE]],
  ['iso_zoned_date_time', [...LOCAL_DATE_TIME, OFFSET, ZONE]],
  ['iso_offset_date_time', [...LOCAL_DATE_TIME, ...readPattern('XXX')]],
  ['iso_local_date_time', LOCAL_DATE_TIME],
  ['iso_instant', [...LOCAL_DATE_TIME, ...readPattern('X')]],
  ['iso_date', [...readPattern('yyyy-MM-dd'), OFFSET]],
  ['iso_local_date', readPattern('yyyy-MM-dd')],
  ['iso_offset_date', readPattern('yyyy-MM-ddXXX')],
  ['iso_time', [...LOCAL_TIME, OFFSET]],
  ['iso_local_time', LOCAL_TIME],
  ['iso_offset_time', [...LOCAL_TIME, ...readPattern('XXX')]],
  ['iso_ordinal_date', [...readPattern('yyyy-DDD'), OFFSET]],
  ['iso_week_date', [...readPattern("YYYY-'W'ww-e"), OFFSET]],
  ['basic_iso_date', [...readPattern('yyyyMMdd'), { type: 'optional', parts: readPattern('XX') }]],
  ['rfc_1123_date_time', readPattern('EEE, d MMM yyyy HH:mm:ss O')],
  ['full', style('full')],
  ['long', style('long')],
  ['medium', style('medium')],
  ['short', style('short')],
])

/** Formats whose result is in UTC, or in the ISO calendar's weeks, whatever zone and locale are asked for. */
export const UTC_FORMATS: ReadonlySet<string> = new Set(['iso_instant'])
