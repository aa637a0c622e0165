import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { MAX_FAULTS } from '../limits.ts'
import { PLATFORM_KEYWORDS } from '../manifest/index.ts'
import type { PropertyFault } from '../resolved-type.ts'
import { EXPRESSION_KEYWORD } from './adapt-schema.ts'
import { describeError } from './describe-error.ts'
import { hasExpression } from './expression-text.ts'
import { compilePattern } from './pattern.ts'
import { selectErrors } from './select-errors.ts'

/** Reports at most `MAX_FAULTS` faults. With defaults it fills them into the value it is given. */
export type Validator = (value: JsonValue) => readonly PropertyFault[]

/**
 * Compiles an adapted schema. Every validator has an Ajv of its own, because an Ajv keeps all that it ever compiled:
 * a shared one would grow with each version that is installed and removed.
 */
export function compileValidator(
  schema: JsonObject,
  { fillDefaults }: { readonly fillDefaults: boolean },
): Validator {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    useDefaults: fillDefaults,
    // The manifest's parser has vetted the schema, more strictly than strict mode and once for all.
    strict: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    formats: FORMATS,
    code: { regExp: linearRegExp },
  })
  ajv.addVocabulary([...PLATFORM_KEYWORDS])
  ajv.addKeyword({
    keyword: EXPRESSION_KEYWORD,
    type: 'string',
    schemaType: 'boolean',
    errors: false,
    validate: (_: boolean, text: string) => hasExpression(text),
  })
  const validate = ajv.compile(schema)
  return (value) => {
    if (validate(value)) return []
    const errors = selectErrors(validate.errors ?? [])
    validate.errors = null
    return errors.slice(0, MAX_FAULTS).map((error) => describeError(error, value))
  }
}

/** Durations as the reference takes them: fractions of a second are allowed, which Ajv's own format refuses. */
const DURATION =
  /^[+-]?P(?!$)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,9})?S)?)?$/
const FORMATS = { ...fullFormats, duration: DURATION, regex: isPattern }

function isPattern(text: string): boolean {
  try {
    compilePattern(text)
    return true
  } catch {
    return false
  }
}

const linearRegExp = Object.assign((pattern: string) => compilePattern(pattern), {
  // Ajv writes this text into standalone code only, which is never made here.
  code: 'linearRegExp',
})
