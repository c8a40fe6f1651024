import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { CreateAccountRequest, CreateTokenRequest, PermissionLevel } from './generated'
import type { Account, Group, Session, Token } from './types'

/** All accounts. For administrators. */
export const accounts = queryOptions({
  queryKey: ['accounts'],
  queryFn: async () => (await call('GET /2.0/kiroku/users/list', {})).users as Account[],
})

export const createAccount = (request: CreateAccountRequest) => call('POST /2.0/kiroku/users/create', request)

/** Disables an account: sessions end, passwords and tokens are refused. Or enables it again. */
export const setDisabled = (username: string, disabled: boolean) =>
  call('POST /2.0/kiroku/users/set-disabled', { username, disabled })

export const deleteAccount = (username: string) => call('DELETE /2.0/mlflow/users/delete', { username })

export const setPassword = (username: string, password: string, current_password?: string) =>
  call('PATCH /2.0/mlflow/users/update-password', { username, password, current_password })

/** The names of all users. For everybody who is signed in. */
export const userNames = queryOptions({
  queryKey: ['user-names'],
  queryFn: async () => (await call('GET /2.0/mlflow/users/list', {})).users.map((user) => user.username!),
  staleTime: 60_000,
})

/** All groups. For administrators. */
export const groups = queryOptions({
  queryKey: ['groups'],
  queryFn: async () => (await call('GET /2.0/kiroku/users/groups/list', {})).groups as Group[],
})

export const updateGroups = (username: string, join: string[], leave: string[]) =>
  call('POST /2.0/kiroku/users/groups/update', { username, join, leave })

/** @param level undefined to let the server's default permission count */
export const setGroupDefault = (name: string, level: PermissionLevel | undefined) =>
  call('POST /2.0/kiroku/users/groups/set-default', { name, default_permission: level })

/** @param username undefined for the signed-in user, here and below */
export const tokens = (username?: string) =>
  queryOptions({
    queryKey: ['tokens', username],
    queryFn: async () => (await call('GET /2.0/kiroku/users/tokens/list', { username })).tokens as Token[],
  })

/** Creates a token. The secret in the response is not shown again. */
export const createToken = (request: CreateTokenRequest) => call('POST /2.0/kiroku/users/tokens/create', request)

export const revokeToken = (id: string) => call('POST /2.0/kiroku/users/tokens/revoke', { id })

export const sessions = (username?: string) =>
  queryOptions({
    queryKey: ['sessions', username],
    queryFn: async () => (await call('GET /2.0/kiroku/users/sessions/list', { username })).sessions as Session[],
  })

/** @param id undefined for all sessions of the user */
export const endSessions = (username?: string, id?: string) =>
  call('POST /2.0/kiroku/users/sessions/end', { username, id })
