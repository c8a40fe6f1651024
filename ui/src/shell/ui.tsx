import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react'
import { createPortal } from 'react-dom'
import { messages, type Key } from './messages'
import { useT } from './settings'

const PATHS = {
  search: 'M7 12.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM11 11l3.500 3.500',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  up: 'M4 10l4-4 4 4',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  eye: 'M1.500 8s2.500-4.500 6.500-4.500S14.500 8 14.500 8s-2.500 4.500-6.500 4.500S1.500 8 1.500 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  eyeOff:
    'M2 2l12 12M6.500 3.700A6.500 6.500 0 0 1 8 3.500c4 0 6.500 4.500 6.500 4.500a12 12 0 0 1-2 2.500M4 5.200A12 12 0 0 0 1.500 8S4 12.500 8 12.500a6 6 0 0 0 2.500-.600',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  columns: 'M2.500 3h11v10h-11zM6.200 3v10M9.800 3v10',
  refresh: 'M13.500 8a5.500 5.500 0 1 1-1.600-3.900M13.500 2v3h-3',
  download: 'M8 2v8M5 7.500l3 3 3-3M2.500 13.500h11',
  folder: 'M1.500 4.500v8h13v-7h-7l-1.500-2h-4.500z',
  file: 'M4 1.500h5l3 3v10H4zM9 1.500v3h3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13.500 9.500A6 6 0 1 1 6.500 2.500a5 5 0 0 0 7 7z',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500L7.500 13A3 3 0 0 1 3 8.500L4.500 7',
  tree: 'M3 2v9.500h4M3 6h4M9 4.500h4.500v3H9zM9 10h4.500v3H9z',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  lock: 'M4 7.500h8v6H4zM5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500',
  list: 'M6 4h8M6 8h8M6 12h8M2.500 4h.01M2.500 8h.01M2.500 12h.01',
  expand: 'M9.500 2.500h4v4M6.500 13.500h-4v-4M13.500 2.500l-5 5M2.500 13.500l5-5',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
} as const
export type IconName = keyof typeof PATHS

export function Icon({ name, size = 15 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

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

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useT()
  return (
    <div className="error" role="alert">
      {error instanceof Error ? error.message : String(error)}
      {retry && (
        <div style={{ marginTop: 8 }}>
          <button className="btn small" onClick={retry}>
            {t('retry')}
          </button>
        </div>
      )}
    </div>
  )
}

/** A box beside the button that opens it; Escape and a click elsewhere close it. */
export function Popover({
  label,
  button,
  children,
  className = 'btn',
  title,
  width,
  testid,
}: {
  label: ReactNode
  title?: string
  className?: string
  button?: { disabled?: boolean }
  width?: number
  testid?: string
  children: (close: () => void) => ReactNode
}) {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const anchor = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const close = useCallback(() => {
    setAt(null)
    anchor.current?.focus()
  }, [])

  useLayoutEffect(() => {
    if (!at || !box.current) return
    const size = box.current.getBoundingClientRect()
    const x = Math.max(8, Math.min(at.x, innerWidth - size.width - 8))
    const y = at.y + size.height > innerHeight - 8 ? Math.max(8, innerHeight - size.height - 8) : at.y
    if (x !== at.x || y !== at.y) setAt({ x, y })
  }, [at])
  useEffect(() => {
    if (!at) return
    const first = box.current?.querySelector<HTMLElement>('input, button, select, textarea')
    first?.focus()
    const away = (event: Event) => {
      const target = event.target as Node
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) setAt(null)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [at !== null]) // eslint-disable-line react-hooks/exhaustive-deps

  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={className}
        title={title}
        aria-label={title}
        aria-haspopup="true"
        aria-expanded={at !== null}
        disabled={button?.disabled}
        data-testid={testid}
        onClick={() => {
          const r = anchor.current!.getBoundingClientRect()
          setAt(at ? null : { x: r.left, y: r.bottom + 4 })
        }}
      >
        {label}
      </button>
      {at &&
        createPortal(
          <div
            ref={box}
            className="pop"
            style={{ left: at.x, top: at.y, width }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                event.stopPropagation()
                close()
              }
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                const items = [
                  ...box.current!.querySelectorAll<HTMLElement>('button.item:not([disabled]), label.item input'),
                ]
                const index = items.indexOf(document.activeElement as HTMLElement)
                if (items.length) {
                  event.preventDefault()
                  items[(index + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length]?.focus()
                }
              }
            }}
          >
            {children(close)}
          </div>,
          document.body,
        )}
    </>
  )
}

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

type Say = (text: string, bad?: boolean) => void
const Toasts = createContext<Say>(() => undefined)
export const useToast = () => useContext(Toasts)

export function ToastProvider({ children }: { children: ReactNode }) {
  const [all, setAll] = useState<{ id: number; text: string; bad: boolean }[]>([])
  const say = useCallback<Say>((text, bad = false) => {
    const id = Math.random()
    setAll((before) => [...before, { id, text, bad }])
    setTimeout(() => setAll((before) => before.filter((toast) => toast.id !== id)), bad ? 9000 : 3500)
  }, [])
  return (
    <Toasts.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {all.map((toast) => (
          <div key={toast.id} className={toast.bad ? 'toast bad' : 'toast'}>
            {toast.text}
          </div>
        ))}
      </div>
    </Toasts.Provider>
  )
}

/** Runs something that changes the store and tells when it fails. */
export function useAction() {
  const say = useToast()
  return useCallback(
    async (work: () => Promise<unknown>, done?: string) => {
      try {
        await work()
        if (done) say(done)
        return true
      } catch (error) {
        say(error instanceof Error ? error.message : String(error), true)
        return false
      }
    },
    [say],
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

/** Browsers give pages the clipboard only over HTTPS and on this machine; the old way works everywhere else. */
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

export function Segments<T extends string>({
  value,
  options,
  onChange,
  label,
}: {
  value: T
  options: [T, string][]
  onChange: (value: T) => void
  label: string
}) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>
          {text}
        </button>
      ))}
    </div>
  )
}

export function Tabs<T extends string>({
  value,
  options,
  onChange,
}: {
  value: T
  options: { id: T; label: string; count?: number }[]
  onChange: (value: T) => void
}) {
  return (
    <div className="tabs" role="tablist">
      {options.map((tab) => (
        <button key={tab.id} type="button" role="tab" aria-selected={tab.id === value} onClick={() => onChange(tab.id)}>
          {tab.label}
          {tab.count !== undefined && <span className="count">{tab.count}</span>}
        </button>
      ))}
    </div>
  )
}

export function useTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · Kiroku` : 'Kiroku'
  }, [title])
}

/** The value as it was when nothing changed for a moment. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
