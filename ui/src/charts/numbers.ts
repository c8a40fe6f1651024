/** Returns the number of a value, or null. Parameters are texts; many of them contain numbers. */
export function toNumber(value: string | number | null): number | null {
  if (value === null || value === '') return null
  if (typeof value === 'number') return value
  const number = Number(value)
  return Number.isNaN(number) ? null : number
}
