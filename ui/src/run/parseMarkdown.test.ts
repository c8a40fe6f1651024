import { describe, expect, it } from 'vitest'
import { parseInline, parseMarkdown, type MarkdownBlock } from './parseMarkdown'

describe('parseInline', () => {
  it('parses marks, which may be nested', () =>
    expect(parseInline('a **b *c* d** `e*` ~~f~~ _g_')).toEqual([
      'a ',
      { kind: 'strong', children: ['b ', { kind: 'em', children: ['c'] }, ' d'] },
      ' ',
      { kind: 'code', text: 'e*' },
      ' ',
      { kind: 'del', children: ['f'] },
      ' ',
      { kind: 'em', children: ['g'] },
    ]))
  it('parses links, images and addresses', () =>
    expect(parseInline('[**a**](#/x) ![b](run:1/c.png) see https://example.com/?q=1)')).toEqual([
      { kind: 'link', children: [{ kind: 'strong', children: ['a'] }], address: '#/x', source: '[**a**](#/x)' },
      ' ',
      { kind: 'image', text: 'b', address: 'run:1/c.png', source: '![b](run:1/c.png)' },
      ' see ',
      {
        kind: 'link',
        children: ['https://example.com/?q=1'],
        address: 'https://example.com/?q=1',
        source: 'https://example.com/?q=1',
      },
      ')',
    ]))
  it.each(['a * b', 'snake_case_name', '**open', '`open', '[a] (b)', '[a](b c)', '2 ** 3', '_a_b', '~~', '[](x)', '!'])(
    'leaves %s as it is',
    (text) => expect(parseInline(text)).toEqual([text]),
  )
  it('closes code with as many backticks as it was opened with', () =>
    expect(parseInline('``a`b`` `c`')).toEqual([{ kind: 'code', text: 'a`b' }, ' ', { kind: 'code', text: 'c' }]))
})

describe('parseMarkdown', () => {
  const kinds = (text: string) => parseMarkdown(text).map((block) => block.kind)
  it('parses every kind of block', () => {
    const text = [
      '# Title #',
      'one',
      'two',
      '',
      '---',
      '> quote',
      '> - item',
      '- a',
      '  more',
      '- b',
      '1. c',
      '| x | y |',
      '|---|:-:|',
      '| 1 | 2 |',
      '```kiroku',
      '{}',
      '```',
      '~~~',
      'open',
    ].join('\n')
    expect(kinds(text)).toEqual(['heading', 'paragraph', 'rule', 'quote', 'list', 'table', 'code', 'code'])
    expect(parseMarkdown(text)[0]).toEqual({ kind: 'heading', level: 1, children: ['Title'] })
    expect(parseMarkdown(text)[5]).toMatchObject({ head: [['x'], ['y']], rows: [[['1'], ['2']]] })
    expect(parseMarkdown(text)[6]).toEqual({ kind: 'code', language: 'kiroku', code: '{}', fence: 0 })
    expect(parseMarkdown(text)[7]).toMatchObject({ code: 'open', fence: 1 })
  })
  it('numbers fences in quotes and lists as well', () => {
    const fences: number[] = []
    const walk = (blocks: MarkdownBlock[]) => {
      for (const block of blocks) {
        if (block.kind === 'code') fences.push(block.fence)
        if (block.kind === 'quote') walk(block.children)
        if (block.kind === 'list') for (const item of block.items) walk(item.blocks)
      }
    }
    walk(parseMarkdown('> ```\n> a\n> ```\n\n- x\n  ```\n  b\n  ```\n\n```\nc\n```'))
    expect(fences).toEqual([0, 1, 2])
  })
  it('limits the depth of quotes', () => {
    let depth = 0
    let blocks = parseMarkdown(`${'> '.repeat(1000)}deep`)
    while (blocks[0]?.kind === 'quote') {
      blocks = blocks[0].children
      depth++
    }
    expect(depth).toBe(12)
    expect(blocks[0]!.kind).toBe('paragraph')
  })
  it('does not parse what is too long', () => expect(kinds('*'.repeat(1_000_001))).toEqual(['code']))

  // Each of these takes quadratic time or longer with backtracking expressions, and would exceed the time limit of a test.
  const n = 100_000
  it.each([
    ['brackets', '['.repeat(n)],
    ['images', '!['.repeat(n)],
    ['links without an end', '[a]('.repeat(n)],
    ['backticks', '` `` '.repeat(n)],
    ['runs of backticks of every length', Array.from({ length: 400 }, (_, i) => '`'.repeat(i)).join(' ')],
    ['emphasis', '*a'.repeat(n)],
    ['emphasis that does not end', '_a_b'.repeat(n)],
    ['strong', '**a'.repeat(n)],
    ['blanks in a heading', `# ${' '.repeat(n)}x${' #'.repeat(n)}x`],
    ['a rule that is none', `${'- '.repeat(n)}x`],
    ['a table rule that is none', `|\n${' '.repeat(n)}|${'-'.repeat(n)}x`],
    ['quotes', '>'.repeat(n)],
    ['lists', '- '.repeat(n)],
    ['many lines', '- a\n  - b\n> c\n'.repeat(n / 10)],
  ])('takes linear time: %s', (_, text) => expect(parseMarkdown(text).length).toBeGreaterThan(0))
})
