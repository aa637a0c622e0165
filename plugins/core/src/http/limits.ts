/** Bytes. A larger answer has no place among an execution's outputs: `Download` is for those. */
export const MAX_TEXT_BODY_BYTES = 10 * 1024 * 1024
/** Bytes of a failed answer's body that the error message shows. */
export const MAX_SHOWN_BODY_BYTES = 2048
/** Characters of a stored file's name. */
export const MAX_FILE_NAME_LENGTH = 200
