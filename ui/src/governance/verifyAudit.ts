import { fetchAuditHead, fetchAuditPage } from '../api/governance'
import { type AuditEntry } from '../api/types'

const START = '0'.repeat(64)

/** The canonical JSON of a string, as the server hashes it: only quotes, backslashes and control characters are escaped. */
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

/** Returns whether this browser can compute hashes. It cannot on pages without HTTPS, except on localhost. */
export const canVerify = () => isSecureContext

/**
 * Computes all hashes of the audit log again and compares them.
 *
 * @param progress called with the number of entries verified so far
 */
export async function verifyAudit(progress: (count: number) => void): Promise<Verdict> {
  const end = await fetchAuditHead()
  const problems: string[] = []
  let seq = 0
  let hash = START
  let token: string | undefined
  do {
    const page = await fetchAuditPage(token)
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
