import { get } from '../api/client'
import type { AuditEntry } from './api'

const START = '0'.repeat(64)

/** JSON of which there is one form, as the log hashes it: few escapes, and those of control characters written out. */
const quote = (text: string) =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[^ -\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
const item = (value: string | number | undefined) =>
  value === undefined ? 'null' : typeof value === 'number' ? String(value) : quote(value)

async function hashOf(e: AuditEntry): Promise<string> {
  const text = `[${[e.previous, e.seq, e.at, e.actor, e.request_id, e.action, e.subject, e.model, e.before, e.after].map(item).join(',')}]`
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export interface Verdict {
  count: number
  hash: string
  problems: string[]
}

/** Whether this browser can compute hashes: pages without HTTPS may not, but for those of this machine. */
export const canVerify = () => isSecureContext

/** Computes every hash of the audit log anew, in this browser. */
export async function verify(progress: (count: number) => void): Promise<Verdict> {
  const end = await get<{ count: number; hash: string }>('kiroku/audit/head')
  const problems: string[] = []
  let seq = 0
  let hash = START
  let token: string | undefined
  do {
    const page: { entries?: AuditEntry[]; next_page_token?: string } = await get('kiroku/audit/search', {
      ascending: true,
      max_results: 1000,
      page_token: token,
    })
    for (const entry of page.entries ?? []) {
      if (entry.seq !== seq + 1) problems.push(`#${seq + 1} … #${entry.seq - 1}: missing`)
      else if (entry.previous !== hash) problems.push(`#${entry.seq}: does not follow from #${seq}`)
      if ((await hashOf(entry)) !== entry.hash) problems.push(`#${entry.seq}: changed`)
      seq = entry.seq
      hash = entry.hash
      if (seq === end.count && hash !== end.hash) problems.push(`#${seq}: is not the end that the log remembers`)
    }
    progress(seq)
    token = page.next_page_token
  } while (token && problems.length < 100)
  if (seq < end.count) problems.push(`#${seq + 1} … #${end.count}: cut off`)
  return { count: seq, hash, problems }
}
