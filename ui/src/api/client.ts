import type { Operations } from './generated'

/** A refusal by the server. */
export class ApiError extends Error {
  /**
   * @param status the HTTP status
   * @param code the error code of the API, such as RESOURCE_DOES_NOT_EXIST
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** The server did not answer: it is not running, or there is no connection to it. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause })
  }
}

/** Returns whether an error means that the server is away: it does not answer, or a proxy says so. What was loaded before is still valid. */
export function isAway(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && [502, 503, 504].includes(error.status))
}

/** Returns whether the server answers. */
export async function isAnswering(): Promise<boolean> {
  try {
    return (await fetch('health', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}

type Fields = Record<string, unknown>

/** The base address. It is relative to the page, so that a path prefix or a proxy makes no difference. */
const BASE = 'ajax-api'

/**
 * Calls an operation of the API. Fields of the request that are part of the path are sent there; the others are sent as the query string
 * of a GET, or as the JSON body.
 *
 * @throws ApiError if the server refuses the request
 * @throws UnreachableError if there is no answer
 */
export async function call<K extends keyof Operations>(
  operation: K,
  request: Operations[K]['request'],
): Promise<Operations[K]['response']> {
  const [method, template] = operation.split(' ') as [string, string]
  const { path, rest } = fillPath(template, request as Fields)
  if (method === 'GET') {
    const response = await send(`${BASE}${path}${queryString(rest)}`)
    // The session has ended: the server answers a reload with the sign-in page, which returns here.
    if (response.status === 401) location.reload()
    return read(response)
  }
  return read(
    await send(`${BASE}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(rest),
    }),
  )
}

/**
 * Fetches all pages of a list.
 *
 * @param fetchPage fetches the page of a token; undefined is the first page
 */
export async function allPages<P extends { next_page_token?: string }, T>(
  fetchPage: (token: string | undefined) => Promise<P>,
  items: (page: P) => T[] | undefined,
): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const page = await fetchPage(token)
    all.push(...(items(page) ?? []))
    token = page.next_page_token
  } while (token)
  return all
}

/** Replaces the variables of a path, and returns the fields that are not variables. */
export function fillPath(template: string, request: Fields): { path: string; rest: Fields } {
  const rest = { ...request }
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name] as string | number
    rest[name] = undefined
    return encodeURIComponent(value)
  })
  return { path, rest }
}

/** Returns the query string of some fields, with a question mark; a list is repeated. Empty if no field has a value. */
export function queryString(fields: Fields): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
      if (one !== undefined) parameters.append(name, String(one as string | number | boolean))
  }
  const text = parameters.toString()
  return text && `?${text}`
}

/** Fetches an address. @throws UnreachableError if there is no answer */
export async function send(address: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    // fetch throws TypeError for network errors, and DOMException if it is cancelled.
    throw error instanceof TypeError ? new UnreachableError(error) : error
  }
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text()
  if (!response.ok) throw errorOf(response.status, text || response.statusText)
  return parse(text) as T
}

/** Returns the error of a response. The body of a proxy is not JSON and is used as the message. */
export function errorOf(status: number, body: string): ApiError {
  try {
    const { error_code, message } = JSON.parse(body) as { error_code?: string; message?: string }
    return new ApiError(status, error_code ?? String(status), message ?? body)
  } catch {
    return new ApiError(status, String(status), body)
  }
}

/** Parses JSON in which NaN and infinities may be written without quotes. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
      found.startsWith('"') ? found : `"\\u0000${found}"`,
    )
    return JSON.parse(quoted, (_, value: unknown) =>
      typeof value === 'string' && value.startsWith('\u0000') ? Number(value.slice(1)) : value,
    )
  }
}
