import { describe, expect, it } from 'vitest'
import { fencesOf, imageAddress, imageMarkdown, readBlock, writeBlock, type Block } from './blocks'

const chart: Block = { show: 'chart', experiment: '1', card: { id: 'x', type: 'line', metrics: ['loss'] } }
const table: Block = { show: 'table', experiment: '1', columns: ['m:loss'], sort: '-m:loss', n: 5 }
const code = (block: unknown) => JSON.stringify(block)

describe('readBlock', () => {
  it.each([chart, table])('reads what writeBlock has written', (block) =>
    expect(readBlock(writeBlock(block).split('\n')[1]!)).toEqual(block),
  )
  it.each([
    'no JSON',
    'null',
    code({ ...table, columns: [] }),
    code({ ...table, columns: ['loss'] }),
    code({ ...table, n: 0 }),
    code({ ...table, experiment: 1 }),
    code({ ...chart, axis: 'LOG' }),
    code({ ...chart, card: { type: 'pie' } }),
    code({ ...chart, card: { ...chart.card, smooth: 1 } }),
    code({ ...chart, filter: 'x'.repeat(10_001) }),
  ])('refuses %s', (text) => expect(readBlock(text)).toBeNull())
})

describe('fencesOf', () => {
  it('finds fences, quoted ones and one that is not closed', () => {
    const text = 'a\n```kiroku\n{}\n```\n> ~~~\n> b\n> ~~~\n```js\nopen'
    expect(fencesOf(text).map(({ from, to }) => text.slice(from, to))).toEqual([
      '```kiroku\n{}\n```',
      '> ~~~\n> b\n> ~~~',
      '```js\nopen',
    ])
  })
})

describe('images', () => {
  it('round-trip through Markdown', () => {
    const markdown = imageMarkdown('a [b]', 'run1', 'plots/(1) ü.png')
    expect(markdown).toBe('![a  b ](run:run1/plots/%281%29%20%C3%BC.png)')
    expect(imageAddress(/\((.*)\)/.exec(markdown)![1]!)).toBe('get-artifact?run_id=run1&path=plots%2F(1)%20%C3%BC.png')
  })
  it.each(['https://example.com/x.png', 'run:../x', 'run:a/%zz', 'data:image/png;base64,AA'])(
    'has no address for %s',
    (address) => expect(imageAddress(address)).toBeNull(),
  )
})
