/** The words that columns' names have in the wild, per field, best first. `guess.ts` matches them against whole words. */

export const userWords = [
  "user",
  "customer",
  "visitor",
  "member",
  "client",
  "account",
  "person",
  "household",
  "buyer",
  "subscriber",
  "reviewer",
  "uid",
  "userid",
];
export const itemWords = [
  "item",
  "product",
  "movie",
  "article",
  "sku",
  "asin",
  "book",
  "song",
  "track",
  "artist",
  "video",
  "news",
  "course",
  "content",
  "isbn",
  "itemid",
  "parent asin",
];
export const timeWords = [
  "timestamp",
  "time",
  "ts",
  "event time",
  "created at",
  "occurred at",
  "datetime",
  "date",
  "unix time",
  "at",
  "day",
];
export const sessionWords = ["session", "basket", "visit", "order", "transaction", "cart"];
export const typeWords = ["event type", "event", "type", "action", "behavior", "behaviour", "interaction"];
export const ratingWords = ["rating", "stars", "score", "overall"];
export const amountWords = [
  "value",
  "price",
  "amount",
  "sales value",
  "quantity",
  "qty",
  "weight",
  "plays",
  "duration",
  "dwell time",
];
export const wordsWords = ["query", "search query", "text", "comment", "review", "review text", "tag"];
export const titleWords = ["title", "name", "headline", "product type", "label"];
export const textWords = ["description", "text", "abstract", "summary", "body", "content", "tags", "keywords"];
export const imageWords = ["image", "image url", "picture", "thumbnail", "poster", "img"];
export const categoryWords = [
  ["category", "categories", "genres", "genre", "product category", "topic"],
  ["department", "section"],
  ["subcategory", "sub category", "product type"],
];
