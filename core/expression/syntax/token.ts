/** A piece of template text. `start` and `end` are offsets into it, `end` exclusive. */
interface Span {
  readonly start: number
  readonly end: number
}

/** What stands between a pair of delimiters, in order. `symbol` covers operators and punctuation. */
export type Token = Span &
  (
    | { readonly type: 'name'; readonly value: string }
    | { readonly type: 'number'; readonly value: string }
    /** A quoted text; `parts` alternate between text and the tokens of an interpolation `#{…}`. */
    | { readonly type: 'text'; readonly parts: readonly (string | readonly Token[])[] }
    | { readonly type: 'symbol'; readonly value: string }
    | { readonly type: 'end' }
  )

/** What a template consists of at the outermost level. */
export type Segment = Span &
  (
    | { readonly type: 'literal'; readonly text: string }
    | { readonly type: 'print'; readonly tokens: readonly Token[] }
    | { readonly type: 'tag'; readonly tokens: readonly Token[] }
  )
