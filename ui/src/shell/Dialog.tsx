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

/** The buttons at the end of a dialog: one that cancels, then those that act. */
export function DialogActions({
  close,
  start,
  children,
}: {
  close: () => void
  /** shown at the other end of the line */
  start?: ReactNode
  children: ReactNode
}) {
  const t = useT()
  return (
    <div className="actions">
      {start && (
        <>
          {start}
          <span className="spacer" />
        </>
      )}
      <button type="button" className="btn" onClick={close}>
        {t('cancel')}
      </button>
      {children}
    </div>
  )
}

/** A dialog with a form. */
export function FormDialog({
  title,
  action,
  disabled,
  close,
  submit,
  children,
}: {
  title: string
  /** the text of the button that submits the form */
  action: string
  /** whether the form cannot be submitted yet */
  disabled?: boolean
  close: () => void
  submit: () => void
  children: ReactNode
}) {
  return (
    <Dialog title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {children}
        <DialogActions close={close}>
          <button className="btn primary" disabled={disabled}>
            {action}
          </button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Asks before something is deleted. */
export function ConfirmDelete({
  title,
  text,
  action,
  close,
  run,
}: {
  title: string
  text: string
  /** the text of the button that deletes; “Delete” without it */
  action?: string
  close: () => void
  run: () => void
}) {
  const t = useT()
  return (
    <Dialog title={title} close={close}>
      <p className="soft">{text}</p>
      <DialogActions close={close}>
        <button
          className="btn danger"
          onClick={() => {
            close()
            run()
          }}
        >
          {action ?? t('delete')}
        </button>
      </DialogActions>
    </Dialog>
  )
}
