/** Of a larger text the beginning is shown. */
export const MOST_BYTES = 512000
/** A file's text, or as much of its beginning as one wants to look at; the rest is not fetched. */
export async function beginningOf(address: string): Promise<{ text: string; cut: boolean }> {
  const response = await fetch(address)
  if (!response.ok) throw new Error((await response.text()).slice(0, 500))
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let taken = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), cut: false }
    const room = MOST_BYTES - taken
    text += decoder.decode(value.subarray(0, room), { stream: true })
    taken += value.length
    if (value.length > room) {
      await reader.cancel()
      return { text, cut: true }
    }
  }
}
