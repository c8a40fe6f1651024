import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useToast } from './toasts'

/** A button that opens a box below it. Escape and a click outside close the box. */
export function Popover({
  label,
  button,
  children,
  className = 'btn',
  title,
  width,
  testid,
  whyNot,
}: {
  label: ReactNode
  title?: string
  className?: string
  button?: { disabled?: boolean }
  width?: number
  testid?: string
  /** why the box cannot be opened; undefined if it can */
  whyNot?: string
  children: (close: () => void) => ReactNode
}) {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const say = useToast()
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
        title={whyNot ?? title}
        aria-label={title}
        aria-disabled={whyNot !== undefined || undefined}
        aria-haspopup="true"
        aria-expanded={at !== null}
        disabled={button?.disabled}
        data-testid={testid}
        onClick={() => {
          if (whyNot !== undefined) {
            say(whyNot, true)
            return
          }
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
