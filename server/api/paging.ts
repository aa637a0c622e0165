import Type from 'typebox'
import { PAGE_SIZE, PAGE_SIZE_DEFAULT } from '../limits.ts'

/** Query parameters of every paged list; `page` is 1-based. */
export const PAGING = {
  page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1, description: 'Page, from 1.' }),
  size: Type.Integer({
    minimum: 1,
    maximum: PAGE_SIZE,
    default: PAGE_SIZE_DEFAULT,
    description: 'Results on a page.',
  }),
}

export interface Paging {
  readonly page: number
  readonly size: number
}

export function limitOf({ page, size }: Paging): { readonly limit: number; readonly offset: number } {
  return { limit: size, offset: (page - 1) * size }
}

/** One page of a list that is in memory whole. */
export function pageOf<T>(
  all: readonly T[],
  paging: Paging,
): { readonly results: readonly T[]; readonly total: number } {
  const { limit, offset } = limitOf(paging)
  return { results: all.slice(offset, offset + limit), total: all.length }
}
