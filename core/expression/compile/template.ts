import type { CompiledTemplate } from '../compiled.ts'
import { MAX_CACHED_TEMPLATES, MAX_CACHED_TEXT_LENGTH } from '../limits.ts'
import type { Scope } from '../scope.ts'
import { hasDelimiter } from '../syntax/lexer.ts'
import { placeAt } from '../syntax/place.ts'
import { plainValue } from '../value/plain.ts'
import { compileProgram } from './compiler.ts'
import { toExpressionError } from './context.ts'
import { renderProgram } from './program.ts'
import { type NestedTemplates, type Program, Rendering } from './rendering.ts'
import { TemplateCache } from './template-cache.ts'
import { after, guarded } from './waiting.ts'

/** Whether the text holds an expression, a tag or a comment. Other texts stand for themselves. */
export function isTemplate(text: string): boolean {
  return hasDelimiter(text)
}

/**
 * Compiles a text once; the same text gives the same object while it is in the cache.
 *
 * @throws ExpressionError with every fault of the text in `problems`
 */
export function compileTemplate(text: string): CompiledTemplate {
  return hasDelimiter(text) ? new ProgramTemplate(text, programOf(text)) : new LiteralTemplate(text)
}

const programs = new TemplateCache<Program>(MAX_CACHED_TEMPLATES, MAX_CACHED_TEXT_LENGTH)

function programOf(text: string): Program {
  const cached = programs.get(text)
  if (cached !== undefined) return cached
  const program = compileProgram(text)
  programs.set(text, program)
  return program
}

class LiteralTemplate implements CompiledTemplate {
  readonly text: string
  readonly isLiteral = true

  constructor(text: string) {
    this.text = text
  }

  render(): string {
    return this.text
  }

  evaluate(): string {
    return this.text
  }
}

class ProgramTemplate implements CompiledTemplate {
  readonly text: string
  readonly isLiteral = false
  readonly #program: Program

  constructor(text: string, program: Program) {
    this.text = text
    this.#program = program
  }

  render(scope: Scope): string | Promise<string> {
    const { main } = this.#program
    const run = Rendering.begin(scope, NESTED, main.newFrame())
    try {
      const text = renderProgram(this.#program, run, undefined)
      return typeof text === 'string' ? text : text.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      return this.#fail(error)
    }
  }

  evaluate(scope: Scope): unknown {
    const { single, main } = this.#program
    if (single === undefined) return this.render(scope)
    const run = Rendering.begin(scope, NESTED, main.newFrame())
    return guarded(
      () =>
        after(single.evaluate(run), (value) =>
          // White space around a text is part of it; around any other value it is layout.
          typeof value === 'string' ? this.render(scope) : plainValue(value, run),
        ),
      (error) => this.#fail(error),
    )
  }

  /** What no expression or tag claimed, such as the bound on output, is the template's as a whole. */
  #fail(error: unknown): never {
    throw toExpressionError(error).within(placeAt(this.text, 0, this.text.length))
  }
}

const NESTED: NestedTemplates = {
  compile: programOf,
  renderText: (text, run) => {
    if (!hasDelimiter(text)) return text
    const program = programOf(text)
    return renderProgram(program, run.inner(program.main.newFrame()), undefined)
  },
}
