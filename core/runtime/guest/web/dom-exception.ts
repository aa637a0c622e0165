const LEGACY_CODES: Readonly<Record<string, number>> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
}

/** https://webidl.spec.whatwg.org/#idl-DOMException */
export class DOMException extends Error {
  readonly #name: string

  constructor(message = '', options: string | { readonly name?: string; readonly cause?: unknown } = {}) {
    const named = typeof options === 'string' ? { name: options } : options
    super(message, 'cause' in named ? { cause: named.cause } : undefined)
    this.#name = named.name ?? 'Error'
  }

  override get name(): string {
    return this.#name
  }

  get code(): number {
    return LEGACY_CODES[this.#name] ?? 0
  }
}
