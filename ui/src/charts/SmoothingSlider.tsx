/** Chooses how much lines are smoothed. */
export function SmoothingSlider({
  value,
  label,
  onChange,
}: {
  value: number
  /** the label, if there is none around the slider */
  label?: string
  onChange: (value: number) => void
}) {
  return (
    <input
      type="range"
      min={0}
      max={0.99}
      step={0.01}
      value={value}
      aria-label={label}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  )
}
