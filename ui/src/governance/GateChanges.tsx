import { type Gate, type GateChange } from '../api/types'
import { useT } from '../shell/settings'

export const fieldLines = (gate: Gate | undefined) =>
  gate
    ? Object.entries(gate)
        .filter(([key, value]) => key !== 'name' && value !== undefined)
        .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    : []
export function GateChangeCard({ change }: { change: GateChange }) {
  const t = useT()
  const before = fieldLines(change.before)
  const after = fieldLines(change.after)
  return (
    <section className="card">
      <header>
        <h3>{change.name}</h3>
        <span className={`chip ${!change.before ? 'good' : !change.after ? 'bad' : 'accent'}`}>
          {t(!change.before ? 'created' : !change.after ? 'deleted' : 'change')}
        </span>
      </header>
      <pre className="diff">
        {before
          .filter((line) => !after.includes(line))
          .map((line) => (
            <del key={line}>{`- ${line}\n`}</del>
          ))}
        {after
          .filter((line) => !before.includes(line))
          .map((line) => (
            <ins key={line}>{`+ ${line}\n`}</ins>
          ))}
      </pre>
    </section>
  )
}
