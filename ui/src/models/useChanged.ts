import { useQueryClient } from '@tanstack/react-query'

export function useChanged() {
  const client = useQueryClient()
  return () => {
    for (const key of ['model', 'models', 'versions']) void client.invalidateQueries({ queryKey: [key] })
  }
}
