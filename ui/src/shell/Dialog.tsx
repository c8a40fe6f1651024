import { useEffect, useId, useRef, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useT } from './settings'

export function Dialog({
  title,
  children,
  close,
  wide,
}: {
  title: string
  children: ReactNode
  close: () => void
  wide?: boolean
}) {
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    box.current?.querySelector<HTMLElement>('input, textarea, select, button')?.focus()
    return () => before?.focus()
  }, [])
  return createPortal(
    <div
      className="veil"
      onPointerDown={(event) => event.target === event.currentTarget && close()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
        if (event.key === 'Tab' && box.current) {
          const all = [
            ...box.current.querySelectorAll<HTMLElement>('a, input, textarea, select, button:not([disabled])'),
          ]
          const edge = event.shiftKey ? all[0] : all[all.length - 1]
          if (document.activeElement === edge) {
            event.preventDefault()
            ;(event.shiftKey ? all[all.length - 1] : all[0])?.focus()
          }
        }
      }}
    >
      <div className={wide ? 'dialog wide' : 'dialog'} role="dialog" aria-modal="true" aria-labelledby={id} ref={box}>
        <h1 id={id}>{title}</h1>
        {children}
      </div>
    </div>,
    document.body,
  )
}

export function Confirm({
  title,
  text,
  action,
  close,
  run,
}: {
  title: string
  text?: string
  action: string
  close: () => void
  run: () => void
}) {
  const t = useT()
  return (
    <Dialog title={title} close={close}>
      {text && <p className="soft">{text}</p>}
      <div className="actions">
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
        <button
          className="btn danger"
          onClick={() => {
            close()
            run()
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  )
}
