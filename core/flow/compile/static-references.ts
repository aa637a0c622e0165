/** A name that an expression reads from one of the execution's maps, as far as the text alone tells. */
export interface StaticReference {
  readonly root: 'outputs' | 'tasks' | 'inputs'
  readonly name: string
  /** True for `outputs.name`, false for `outputs['name']`. */
  readonly isDotted: boolean
  /** What follows directly: `outputs.my-task` is a subtraction, and somebody meant `outputs['my-task']`. */
  readonly tail: string
}

/** Characters of one expression; a longer one is not looked into: the search backs up at odd quotes. */
const MAX_EXPRESSION_LENGTH = 10_000
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y
const REFERENCE =
  /(outputs|tasks|inputs)(?:\s*\.\s*([A-Za-z_]\w*)(-[\w-]+)?|\s*\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])/y
/** A template that gives one of the names a meaning of its own, or takes text out of evaluation. */
const REDEFINES = /\{%-?\s*(?:set|for|macro|import|raw|verbatim|block)\b/

/**
 * Finds the task and input ids that a template surely refers to. Texts in quotes, members of other objects
 * (`trigger.outputs.x`) and computed names are none; a template that defines names itself is left alone.
 */
export function findReferences(template: string): readonly StaticReference[] {
  if (!template.includes('{{') && !template.includes('{%')) return []
  if (REDEFINES.test(template)) return []
  return expressionsIn(template).flatMap(scan)
}

function expressionsIn(template: string): readonly string[] {
  const found: string[] = []
  let position = 0
  for (;;) {
    const open = template.slice(position).search(/\{[{%]/)
    if (open < 0) return found
    const start = position + open
    const end = template.indexOf(template[start + 1] === '{' ? '}}' : '%}', start + 2)
    if (end < 0) return found
    if (end - start <= MAX_EXPRESSION_LENGTH) found.push(template.slice(start + 2, end))
    position = end + 2
  }
}

function scan(expression: string): readonly StaticReference[] {
  const found: StaticReference[] = []
  let position = 0
  while (position < expression.length) {
    QUOTED.lastIndex = position
    const quoted = QUOTED.exec(expression)
    if (quoted !== null) {
      position += quoted[0].length
      continue
    }
    REFERENCE.lastIndex = position
    const [text = '', root, dotted, tail = '', double, single] = REFERENCE.exec(expression) ?? []
    const name = dotted ?? double ?? single
    const isName = text !== '' && isNameStart(expression, position)
    if (isName && (root === 'outputs' || root === 'tasks' || root === 'inputs') && name !== undefined) {
      found.push({ root, name, isDotted: dotted !== undefined, tail })
    }
    position += Math.max(text.length, 1)
  }
  return found
}

/** Whether a name may start here: not within another one, nor as a member of something (`a.outputs`, `a . outputs`). */
function isNameStart(expression: string, position: number): boolean {
  if (/[\w$]/.test(expression[position - 1] ?? '')) return false
  let before = position - 1
  while (before >= 0 && /\s/.test(expression[before] ?? '')) before -= 1
  return expression[before] !== '.'
}
