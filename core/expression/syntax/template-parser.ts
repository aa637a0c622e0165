import { MAX_SYNTAX_DEPTH } from '../limits.ts'
import { parseExpression, parseFilterCall } from './expression-parser.ts'
import { lexTemplate } from './lexer.ts'
import { nameHint } from './nearest-name.ts'
import { type ProblemList, SyntaxFault } from './problem-list.ts'
import { isTagName, TAGS, type TagName } from './tags.ts'
import type { Segment } from './token.ts'
import { TokenStream } from './token-stream.ts'
import type { Body, Condition, FilterCall, Parameter, Span, Statement } from './tree.ts'

/** Reads a whole template. Faults go to `problems`; what could be read is still returned. */
export function parseTemplate(text: string, problems: ProblemList): Body {
  return new TemplateParser(lexTemplate(text, problems), problems).parse()
}

/** A tag that ends a body: `elseif`, `else` or an end tag, with the tokens behind its name. */
interface Ending {
  readonly name: string
  readonly tokens: TokenStream
}

class TemplateParser {
  readonly #segments: readonly Segment[]
  readonly #problems: ProblemList
  #at = 0
  #depth = 0

  constructor(segments: readonly Segment[], problems: ProblemList) {
    this.#segments = segments
    this.#problems = problems
  }

  parse(): Body {
    return this.#body([], undefined).body
  }

  /** Statements up to one of the `endings`, or to the end of the text when there are none. */
  #body(
    endings: readonly string[],
    opened: Span | undefined,
  ): { readonly body: Body; readonly ending: Ending } {
    const body: Statement[] = []
    for (;;) {
      const segment = this.#segments[this.#at++]
      if (segment === undefined) {
        if (opened !== undefined) this.#unclosed(endings, opened)
        return { body, ending: NO_ENDING }
      }
      if (segment.type === 'literal') {
        body.push({ type: 'text', text: segment.text, start: segment.start, end: segment.end })
        continue
      }
      const tokens = new TokenStream(segment.tokens)
      if (segment.type === 'tag') {
        const { current } = tokens
        if (current.type === 'name' && endings.includes(current.value)) {
          tokens.take()
          return { body, ending: { name: current.value, tokens } }
        }
      }
      const statement = this.#problems.attempt(() =>
        segment.type === 'print' ? this.#print(tokens, segment) : this.#tag(tokens, segment),
      )
      if (statement !== undefined) body.push(statement)
    }
  }

  #unclosed(endings: readonly string[], opened: Span): void {
    const end = endings.at(-1) ?? ''
    const name = end.replace(/^end/, '')
    this.#problems.add(
      new SyntaxFault(
        'EXPRESSION_SYNTAX',
        `The tag "${name}" is not closed.`,
        opened.start,
        opened.end,
        `Add {% ${end} %}.`,
      ),
    )
  }

  #print(tokens: TokenStream, { start, end }: Span): Statement {
    const expression = parseExpression(tokens)
    tokens.expectEnd()
    return { type: 'print', expression, start, end }
  }

  #tag(tokens: TokenStream, opened: Span): Statement {
    const token = tokens.expectName('The name of a tag')
    if (!isTagName(token.value)) throw unknownTag(token.value, token)
    if (++this.#depth > MAX_SYNTAX_DEPTH) {
      throw new SyntaxFault(
        'EXPRESSION_LIMIT',
        `Tags nest deeper than ${MAX_SYNTAX_DEPTH}.`,
        opened.start,
        opened.end,
      )
    }
    try {
      return this.#statement(token.value, tokens, opened)
    } finally {
      this.#depth--
    }
  }

  #statement(name: TagName, tokens: TokenStream, opened: Span): Statement {
    switch (name) {
      case 'if':
        return this.#if(tokens, opened)
      case 'for':
        return this.#for(tokens, opened)
      case 'set':
        return this.#set(tokens, opened)
      case 'macro':
        return this.#macro(tokens, opened)
      case 'block':
        return this.#block(tokens, opened)
      case 'filter':
        return this.#filter(tokens, opened)
      case 'extends':
        return this.#extends(tokens, opened)
      case 'include':
        return this.#include(tokens, opened)
      case 'embed':
        return this.#embed(tokens, opened)
      case 'import':
        return this.#import(tokens, opened)
      case 'from':
        return this.#from(tokens, opened)
      case 'cache':
      case 'parallel':
        return this.#group(name, tokens, opened)
      case 'flush':
        tokens.expectEnd()
        return { type: 'text', text: '', ...span(opened) }
      case 'raw':
      case 'verbatim':
        // A well-formed one was taken by the lexer.
        return tokens.fail(`The tag "${name}" takes nothing: write {% ${name} %} … {% end${name} %}.`)
      default:
        return name satisfies never
    }
  }

  #if(tokens: TokenStream, opened: Span): Statement {
    const branches: Condition[] = []
    let condition = this.#problems.attempt(() => onlyExpression(tokens))
    for (;;) {
      const { body, ending } = this.#body(['elseif', 'else', 'endif'], opened)
      if (condition !== undefined) branches.push({ condition, body })
      if (ending.name === 'elseif') {
        condition = this.#problems.attempt(() => onlyExpression(ending.tokens))
        continue
      }
      const otherwise = ending.name === 'else' ? this.#closing(ending, 'endif', opened) : []
      if (ending.name === 'endif') this.#ended(ending)
      return { type: 'if', branches, otherwise, ...span(opened) }
    }
  }

  #for(tokens: TokenStream, opened: Span): Statement {
    const head = this.#problems.attempt(() => {
      const variable = tokens.expectName('The name of the loop variable').value
      tokens.expect('in', 'after the loop variable')
      return { variable, items: onlyExpression(tokens) }
    })
    const { body, ending } = this.#body(['else', 'endfor'], opened)
    const otherwise = ending.name === 'else' ? this.#closing(ending, 'endfor', opened) : []
    if (ending.name === 'endfor') this.#ended(ending)
    if (head === undefined) return { type: 'group', body, ...span(opened) }
    return { type: 'for', ...head, body, otherwise, ...span(opened) }
  }

  /** The body behind `{% else %}` up to the end tag. */
  #closing(ending: Ending, end: string, opened: Span): Body {
    this.#ended(ending)
    const last = this.#body([end], opened)
    this.#ended(last.ending)
    return last.body
  }

  #set(tokens: TokenStream, opened: Span): Statement {
    const variable = tokens.expectName('The name of the variable').value
    tokens.expect('=', 'after the name')
    return { type: 'set', variable, value: onlyExpression(tokens), ...span(opened) }
  }

  #macro(tokens: TokenStream, opened: Span): Statement {
    const head = this.#problems.attempt(() => {
      const name = tokens.expectName('The name of the macro').value
      const parameters = this.#parameters(tokens)
      tokens.expectEnd()
      return { name, parameters }
    })
    const { body, ending } = this.#body(['endmacro'], opened)
    this.#ended(ending)
    if (head === undefined) return { type: 'group', body: [], ...span(opened) }
    return { type: 'macro', ...head, body, ...span(opened) }
  }

  #parameters(tokens: TokenStream): Parameter[] {
    const parameters: Parameter[] = []
    tokens.expect('(', 'after the name of the macro')
    while (!tokens.isSymbol(')')) {
      const token = tokens.expectName('The name of a parameter')
      const defaultValue = tokens.takeIf('=') ? parseExpression(tokens) : undefined
      parameters.push({ name: token.value, defaultValue, start: token.start, end: token.end })
      if (!tokens.takeIf(',')) break
    }
    tokens.expect(')', 'behind the parameters')
    return parameters
  }

  #block(tokens: TokenStream, opened: Span): Statement {
    const name = this.#problems.attempt(() => {
      const found = blockName(tokens)
      tokens.expectEnd()
      return found
    })
    const { body, ending } = this.#body(['endblock'], opened)
    this.#ended(ending, name)
    return name === undefined
      ? { type: 'group', body, ...span(opened) }
      : { type: 'block', name, body, ...span(opened) }
  }

  #filter(tokens: TokenStream, opened: Span): Statement {
    const filters = this.#problems.attempt(() => {
      const calls: FilterCall[] = []
      do calls.push(parseFilterCall(tokens))
      while (tokens.takeIf('|'))
      tokens.expectEnd()
      return calls
    })
    const { body, ending } = this.#body(['endfilter'], opened)
    this.#ended(ending)
    return { type: 'filtered', filters: filters ?? [], body, ...span(opened) }
  }

  #extends(tokens: TokenStream, opened: Span): Statement {
    return { type: 'extends', template: onlyExpression(tokens), ...span(opened) }
  }

  #include(tokens: TokenStream, opened: Span): Statement {
    const template = parseExpression(tokens)
    const variables = tokens.takeIf('with') ? parseExpression(tokens) : undefined
    tokens.expectEnd()
    return { type: 'include', template, variables, ...span(opened) }
  }

  #embed(tokens: TokenStream, opened: Span): Statement {
    const template = this.#problems.attempt(() => onlyExpression(tokens))
    const { body, ending } = this.#body(['endembed'], opened)
    this.#ended(ending)
    return template === undefined
      ? { type: 'group', body: [], ...span(opened) }
      : { type: 'embed', template, body, ...span(opened) }
  }

  #import(tokens: TokenStream, opened: Span): Statement {
    const template = parseExpression(tokens)
    const namespace = tokens.takeIf('as') ? tokens.expectName('A name for the macros').value : undefined
    tokens.expectEnd()
    return { type: 'import', template, namespace, ...span(opened) }
  }

  #from(tokens: TokenStream, opened: Span): Statement {
    const template = parseExpression(tokens)
    tokens.expect('import', 'after the template')
    const macros: { name: string; alias: string }[] = []
    do {
      const name = tokens.expectName('The name of a macro').value
      const alias = tokens.takeIf('as') ? tokens.expectName('A name for the macro').value : name
      macros.push({ name, alias })
    } while (tokens.takeIf(','))
    tokens.expectEnd()
    return { type: 'from', template, macros, ...span(opened) }
  }

  #group(name: 'cache' | 'parallel', tokens: TokenStream, opened: Span): Statement {
    this.#problems.attempt(() => {
      if (name === 'cache') parseExpression(tokens)
      tokens.expectEnd()
    })
    const { body, ending } = this.#body([`end${name}`], opened)
    this.#ended(ending)
    return { type: 'group', body, ...span(opened) }
  }

  /** Nothing may stand behind the name of an end tag, except a block's own name. */
  #ended({ tokens }: Ending, name?: string): void {
    this.#problems.attempt(() => {
      if (name !== undefined && tokens.current.type !== 'end') blockName(tokens)
      tokens.expectEnd()
    })
  }
}

const NO_ENDING: Ending = { name: '', tokens: new TokenStream([]) }

function onlyExpression(tokens: TokenStream) {
  const expression = parseExpression(tokens)
  tokens.expectEnd()
  return expression
}

/** A block's name is a bare name or a text without interpolation. */
function blockName(tokens: TokenStream): string {
  const token = tokens.take()
  if (token.type === 'name') return token.value
  const [part] = token.type === 'text' ? token.parts : []
  if (token.type === 'text' && token.parts.length === 1 && typeof part === 'string') return part
  throw new SyntaxFault('EXPRESSION_SYNTAX', 'The name of the block is expected.', token.start, token.end)
}

function unknownTag(name: string, { start, end }: Span): SyntaxFault {
  const opener = TAGS.find((tag) => 'end' in tag && tag.end === name)
  if (opener !== undefined) {
    return new SyntaxFault('EXPRESSION_SYNTAX', `"${name}" closes a tag that is not open here.`, start, end)
  }
  if (name === 'else' || name === 'elseif') {
    return new SyntaxFault('EXPRESSION_SYNTAX', `"${name}" stands outside of if and for.`, start, end)
  }
  const names = TAGS.map((tag) => tag.name)
  return new SyntaxFault(
    'EXPRESSION_UNKNOWN_NAME',
    `There is no tag "${name}".`,
    start,
    end,
    nameHint(name, names, 'the tags'),
  )
}

function span({ start, end }: Span): Span {
  return { start, end }
}
