/** Speaks with the server. Addresses are relative to the page, so that a prefix or a proxy before it changes nothing. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

type Query = Record<string, string | number | boolean | undefined | string[]>

export async function get<T>(path: string, query: Query = {}): Promise<T> {
  return read<T>(await fetch(address(path, query)))
}

export async function send<T>(path: string, body: unknown, method = 'POST'): Promise<T> {
  return read<T>(
    await fetch(`ajax-api/2.0/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}

function address(path: string, query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one))
  }
  const text = parameters.toString()
  return `ajax-api/2.0/${path}${text ? `?${text}` : ''}`
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text()
  if (!response.ok) {
    let code = String(response.status)
    let message = text || response.statusText
    try {
      const failure = JSON.parse(text) as { error_code?: string; message?: string }
      code = failure.error_code ?? code
      message = failure.message ?? message
    } catch {
      /* not the server's own answer: a proxy's, which is shown as it is */
    }
    throw new ApiError(response.status, code, message)
  }
  return parse(text) as T
}

/** The protocol writes NaN and infinities as bare words, which are no JSON. Within texts they are left alone. */
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
