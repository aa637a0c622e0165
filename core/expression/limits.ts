/**
 * Bounds on what one template may cost. A template that passes one fails with `EXPRESSION_LIMIT`; nothing else on the
 * machine notices. They do not promise a wall-clock time: a unit of work is some 50 to 150 ns, so that the worst template
 * keeps its thread for about half a second.
 */

/** UTF-16 units of a template's text. */
export const MAX_TEMPLATE_LENGTH = 1_048_576
/** Nested brackets, operators, blocks and calls in a template's text: what the parser's own stack may hold. */
export const MAX_SYNTAX_DEPTH = 100
/** Tokens between one pair of delimiters. A chain of operators is a tree of this depth once it is compiled. */
export const MAX_EXPRESSION_TOKENS = 10_000
/** Depth of an expression's tree: evaluation recurses as deep. A chain such as `a + b + c` leans left and counts too. */
export const MAX_EXPRESSION_DEPTH = 500
/** Faults reported for one template. */
export const MAX_PROBLEMS = 20

/** Work of one rendering, nested `render()` calls included: an expression node, a list item or 64 characters is one unit. */
export const MAX_WORK = 4_000_000
/** UTF-16 units that one rendering may print. */
export const MAX_OUTPUT_LENGTH = 16_777_216
/** UTF-16 units of one text value. */
export const MAX_TEXT_LENGTH = 16_777_216
/** Entries of one list or map that an expression makes. */
export const MAX_ITEMS = 1_000_000
/** Nested macro, block, template and `render()` calls. */
export const MAX_CALL_DEPTH = 50
/** Passes of `render()` over its own output. */
export const MAX_RENDER_PASSES = 20
/** Nesting of a value that is written, compared or parsed. */
export const MAX_VALUE_DEPTH = 500
/** Digits of an integer or a decimal. */
export const MAX_DIGITS = 1_000
/** Data-access calls (kv, secret, read, http and the like) of one rendering. */
export const MAX_SERVICE_CALLS = 1_000

/** UTF-16 units of a regular expression. */
export const MAX_REGEX_LENGTH = 1_000
/** Product of a regular expression's and its input's length; matching is linear in both. */
export const MAX_REGEX_WORK = 1_000_000_000
/** UTF-16 units of YAML text; its parser costs some 50 times more per unit than JSON's. */
export const MAX_YAML_LENGTH = 524_288

/** UTF-16 units of a jq program. */
export const MAX_JQ_LENGTH = 10_000
/** Evaluation steps of one jq program, and the work that each counts as: generators cost some ten times a closure. */
export const MAX_JQ_STEPS = 500_000
export const WORK_PER_JQ_STEP = 5
/** Nested calls of one jq program. */
export const MAX_JQ_DEPTH = 500
/** Results of one jq program. */
export const MAX_JQ_OUTPUTS = 100_000

/** Compiled templates kept, and the sum of their texts' lengths. */
export const MAX_CACHED_TEMPLATES = 5_000
export const MAX_CACHED_TEXT_LENGTH = 16_777_216
