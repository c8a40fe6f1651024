/** A list of checkboxes of which any number can be checked. */
export function Choices({
  label,
  options,
  chosen,
  text = (option) => option,
  onChange,
}: {
  label: string
  options: string[]
  chosen: string[]
  /** returns what is shown for an option */
  text?: (option: string) => string
  onChange: (chosen: string[]) => void
}) {
  return (
    <div className="field" role="group" aria-label={label}>
      {label}
      <div className="choices">
        {options.map((option) => (
          <label key={option} className="row">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, option] : chosen.filter((one) => one !== option))
              }
            />
            <span className="ellipsis">{text(option)}</span>
          </label>
        ))}
      </div>
    </div>
  )
}
