import { number } from '../shell/format'
import type { Group } from './view'

export function Spread({ group, column }: { group: Group; column: string }) {
  const spread = group.spread.get(column)
  if (spread) {
    return (
      <span title={`n = ${spread.n}`}>
        {number(Number(spread.mean.toPrecision(4)))}
        {spread.n > 1 && <span className="faint"> ±{number(Number(spread.deviation.toPrecision(2)))}</span>}
      </span>
    )
  }
  return null
}
