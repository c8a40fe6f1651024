import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { CurrentUser } from './types'

/** The signed-in user; null if the server has no authentication. */
export const currentUser = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const { user, is_basic_auth } = await call('GET /2.0/kiroku/users/current', {})
    return user ? ({ ...user, has_password: is_basic_auth === true } as CurrentUser) : null
  },
  staleTime: Infinity,
})

/** Returns whether this browser has signed in on the server's sign-in page, and not at a proxy. */
export function hasSession() {
  return document.cookie.split('; ').includes('kiroku_signed_in=1')
}
