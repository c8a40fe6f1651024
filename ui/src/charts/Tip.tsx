import type { ReactNode } from 'react'
import { type Pointer } from './Plot'

export function Tip({ pointer, children }: { pointer: Pointer; children: ReactNode }) {
  const left = pointer.clientX + 14 + 280 > innerWidth
  return (
    <div
      className="tip"
      style={{
        top: Math.min(pointer.clientY + 12, innerHeight - 180),
        ...(left ? { right: innerWidth - pointer.clientX + 12 } : { left: pointer.clientX + 14 }),
      }}
    >
      {children}
    </div>
  )
}
