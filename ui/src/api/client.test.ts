import { afterEach, describe, expect, it, vi } from 'vitest'
import { allPages, ApiError, call, errorOf, fillPath, parse, queryString, UnreachableError } from './client'

afterEach(() => vi.unstubAllGlobals())

describe('call', () => {
  const answer = (status: number, body: string) => {
    const fetch = vi.fn(() => Promise.resolve(new Response(body, { status })))
    vi.stubGlobal('fetch', fetch)
    return fetch
  }
  it('sends a GET with a query string', async () => {
    const fetch = answer(200, '{"run": {}}')
    expect(await call('GET /2.0/mlflow/runs/get', { run_id: 'a b' })).toEqual({ run: {} })
    expect(fetch).toHaveBeenCalledWith('ajax-api/2.0/mlflow/runs/get?run_id=a+b', undefined)
  })
  it('sends path variables in the path and the rest as JSON', async () => {
    const fetch = answer(200, '{}')
    await call('PATCH /2.0/mlflow/webhooks/{webhook_id}', { webhook_id: 'a/b', name: 'n' })
    expect(fetch).toHaveBeenCalledWith(
      'ajax-api/2.0/mlflow/webhooks/a%2Fb',
      expect.objectContaining({ method: 'PATCH', body: '{"name":"n"}' }),
    )
  })
  it('throws the error of the server', async () => {
    answer(404, '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no run"}')
    const error = await call('GET /2.0/mlflow/runs/get', { run_id: 'x' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 404, code: 'RESOURCE_DOES_NOT_EXIST', message: 'no run' })
  })
  it('distinguishes a server that does not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(call('GET /2.0/kiroku/gates/list', {})).rejects.toBeInstanceOf(UnreachableError)
  })
})

it('shows the answer of a proxy', () =>
  expect(errorOf(502, '<html>Bad gateway')).toMatchObject({ code: '502', message: '<html>Bad gateway' }))

it('leaves out fields without a value and repeats lists', () => {
  expect(queryString({ a: ['x', 'y&z'], b: undefined, c: false })).toBe('?a=x&a=y%26z&c=false')
  expect(queryString({ a: undefined })).toBe('')
})

it('fills the variables of a path', () =>
  expect(fillPath('/m/{id}/tags/{key}', { id: 'ü', key: 'k', value: 1 })).toEqual({
    path: '/m/%C3%BC/tags/k',
    rest: { value: 1 },
  }))

it('fetches pages until there is no token', async () => {
  const pages = [{ items: [1], next_page_token: 'b' }, { next_page_token: 'c' }, { items: [2] }]
  const tokens: (string | undefined)[] = []
  const fetchPage = (token?: string) => {
    tokens.push(token)
    return Promise.resolve(pages[tokens.length - 1] as { items?: number[]; next_page_token?: string })
  }
  expect(await allPages(fetchPage, (page) => page.items)).toEqual([1, 2])
  expect(tokens).toEqual([undefined, 'b', 'c'])
})

it('reads NaN and infinities as numbers, and leaves them alone in strings', () =>
  expect(parse('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\"Infinity\\"", "d": null}')).toEqual({
    a: NaN,
    b: [-Infinity, Infinity],
    c: 'NaN "Infinity"',
    d: null,
  }))
it('refuses what is not JSON', () => expect(() => parse('<html>')).toThrow(SyntaxError))
