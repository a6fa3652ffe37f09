/** The newest so many numbers that were seen. */
export class Seen {
  private readonly numbers = new Set<number>();

  constructor(private readonly most: number) {}

  /** True when the number was not seen yet. */
  add(number: number): boolean {
    if (this.numbers.has(number)) {
      return false;
    }
    this.numbers.add(number);
    if (this.numbers.size > this.most) {
      const [oldest] = this.numbers;
      this.numbers.delete(oldest as number);
    }
    return true;
  }
}
