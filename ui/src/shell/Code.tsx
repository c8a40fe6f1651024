/** Copies a text to the clipboard. Pages without HTTPS cannot use the clipboard API, except on localhost; they use the old command. */

import { useState } from 'react'
import { Icon } from './Icon'
import { useT } from './settings'

export function copy(text: string) {
  if (isSecureContext) {
    void navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy') // eslint-disable-line @typescript-eslint/no-deprecated -- there is no other way without HTTPS
  area.remove()
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useT()
  const [done, setDone] = useState(false)
  return (
    <button
      type="button"
      className={label ? 'btn small' : 'btn small ghost icon'}
      title={label ? undefined : t('copy')}
      aria-label={label ?? t('copy')}
      onClick={() => {
        copy(text)
        setDone(true)
        setTimeout(() => setDone(false), 1500)
      }}
    >
      <Icon name={done ? 'check' : 'copy'} size={13} />
      {label}
    </button>
  )
}

export function Code({ text }: { text: string }) {
  return (
    <div className="code">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  )
}
