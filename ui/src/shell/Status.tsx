import { messages, type Key } from './messages'
import { useT } from './settings'

export function Status({ status }: { status: string }) {
  const t = useT()
  const key = `status_${status}`
  return (
    <span className="status">
      <span className={`dot ${status}`} aria-hidden="true" />
      <span className="soft">{key in messages ? t(key as Key) : status}</span>
    </span>
  )
}
