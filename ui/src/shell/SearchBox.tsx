import type { CSSProperties } from 'react'

/** The input of a search. */
export function SearchBox({
  label,
  placeholder = label,
  value,
  style,
  onChange,
}: {
  label: string
  placeholder?: string
  value: string
  style?: CSSProperties
  onChange: (text: string) => void
}) {
  return (
    <input
      className="input"
      style={style}
      type="search"
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
