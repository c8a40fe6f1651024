/** The number that a value is or says, if any: params are texts, and many of them say numbers. */
export function toNumber(value: string | number | null): number | null {
  if (value === null || value === '') return null
  if (typeof value === 'number') return value
  const number = Number(value)
  return Number.isNaN(number) ? null : number
}
