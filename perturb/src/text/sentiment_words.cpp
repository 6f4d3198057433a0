#include "sentiment_words.h"

#include <algorithm>
#include <span>
#include <string>
#include <unordered_set>

namespace shakedown::perturb {
namespace {

using WordSet = std::unordered_set<std::string_view>;

// The tables are filled by line: one word a line would bury the rules below.
// clang-format off
constexpr std::string_view kPositive[] = {
    "ability", "able", "absorbing", "abundant", "accept", "acceptance", "accessible", "acclaim", "acclaimed",
    "accomplish", "accomplished", "accurate", "achieve", "achievement", "admire", "adorable", "adore", "advantage",
    "adventure", "affection", "affectionate", "affordable", "agree", "agreeable", "alive", "amazing", "ambitious",
    "amuse", "amused", "amusing", "applaud", "appreciate", "approval", "approve", "attractive", "authentic",
    "awesome", "bargain", "beautiful", "beauty", "beloved", "beneficial", "benefit", "best", "better", "bless",
    "blessed", "blessedly", "blessing", "bliss", "blissful", "bold", "bonus", "boost", "brave", "bravo",
    "breathtaking", "bright", "brightness", "brilliant", "calm", "capable", "captivate", "captivating", "care",
    "caring", "celebrate", "celebration", "certain", "certainly", "champion", "charm", "charming", "cheaply", "cheer",
    "cheerful", "cheerfulness", "cherish", "cherished", "chuckle", "classic", "clean", "clear", "clever", "comedy",
    "comfort", "comfortable", "comforting", "comic", "commend", "commendable", "compact", "compassion",
    "compassionate", "compelling", "confidence", "confident", "congrats", "congratulations", "considerate", "content",
    "contented", "contentment", "convenience", "convenient", "convincing", "cool", "correct", "courage", "courageous",
    "courteous", "cozy", "craft", "crafted", "create", "creation", "creative", "creativity", "credible", "crisp",
    "cute", "darling", "dazzling", "dear", "decent", "deep", "definitely", "delicate", "delicious", "delight",
    "delighted", "delightful", "dependable", "dignity", "divine", "dream", "durable", "dynamic", "eager", "ease",
    "easy", "ecstatic", "effective", "efficient", "effortless", "effortlessly", "elegant", "embrace", "emotional",
    "empower", "enchanted", "enchanting", "encourage", "encouraged", "encouraging", "endorse", "energetic", "energy",
    "engaging", "enjoy", "enjoyable", "enlighten", "enlightening", "entertain", "entertaining", "entertainment",
    "enthusiasm", "enthusiastic", "epic", "excellence", "excellent", "excellently", "exceptional", "excite",
    "excited", "excitement", "exciting", "exhilarating", "exquisite", "extraordinary", "fabulous", "fair", "faithful",
    "fan", "fantastic", "fascinate", "fascinating", "fast", "favorable", "favorite", "favourable", "favourite",
    "fine", "fit", "flawless", "flexible", "flourish", "fortunate", "fortunately", "free", "freedom", "fresh",
    "freshness", "friend", "friendly", "friendship", "fun", "funny", "gain", "gem", "generous", "genius", "gentle",
    "genuine", "gift", "gifted", "giggle", "glad", "glee", "glorious", "glory", "good", "goodness", "gorgeous",
    "grace", "graceful", "grateful", "gratified", "gratify", "gratifying", "gratitude", "great", "greatness", "grin",
    "gripping", "growth", "handsome", "handy", "happiness", "happy", "heal", "healing", "healthy", "heart", "hearted",
    "heartfelt", "heartwarming", "heaven", "heavenly", "help", "helpful", "hero", "heroic", "hilarious", "hilarity",
    "honest", "honesty", "honor", "honorable", "honour", "hooray", "hope", "hopeful", "hopefully", "hug", "huge",
    "humor", "humorous", "humour", "hypnotic", "ideal", "imagination", "imaginative", "impeccable", "important",
    "impress", "impressive", "improve", "improved", "improvement", "incredible", "ingenious", "innovative",
    "insightful", "inspirational", "inspire", "inspired", "inspiring", "intelligence", "intelligent", "intense",
    "interest", "interested", "interesting", "intricate", "intriguing", "invigorating", "joke", "jolly", "joy",
    "joyful", "joyous", "justice", "kind", "kindly", "kindness", "kiss", "laugh", "laughter", "legendary",
    "likability", "likable", "like", "likeable", "lively", "lovable", "love", "loveable", "lovely", "loyal", "luck",
    "luckily", "lucky", "luminous", "luxurious", "lyrical", "magic", "magical", "magnificent", "marvellous",
    "marvelous", "masterful", "masterpiece", "memorable", "merciful", "mercy", "merry", "mesmerizing", "miracle",
    "miraculous", "momentum", "moving", "natural", "neat", "neatly", "nice", "noble", "nurturing", "ok", "okay",
    "optimism", "optimist", "optimistic", "original", "outstanding", "paradise", "party", "passion", "passionate",
    "patience", "patient", "peace", "peaceful", "perfect", "perfection", "perfectly", "phenomenal", "plausible",
    "play", "playful", "playfulness", "pleasant", "pleasantly", "please", "pleased", "pleasing", "pleasure", "poetic",
    "poise", "polished", "polite", "popular", "positive", "powerful", "praise", "praiseworthy", "precious", "precise",
    "pretty", "pride", "principled", "prize", "profit", "profitable", "profound", "progress", "promise", "promising",
    "prosper", "prosperous", "protect", "protected", "protection", "proud", "pure", "purely", "quick", "rad",
    "radiant", "realistic", "reasonable", "reassure", "reassuring", "recommend", "recommendable", "refreshing",
    "rejoice", "relaxed", "relaxing", "reliable", "relief", "relieved", "remarkable", "rescue", "resolute", "resolve",
    "resolved", "respect", "respectfully", "responsive", "reward", "rewarding", "rich", "right", "riveting", "robust",
    "romance", "romantic", "safe", "sane", "sanity", "satisfaction", "satisfied", "satisfy", "satisfying", "save",
    "savvy", "secure", "sensitive", "sentimental", "serene", "serious", "sexy", "share", "shine", "shiny",
    "significant", "simple", "sincere", "sincerely", "sincerity", "skill", "skilled", "skillful", "sleek", "smart",
    "smile", "smooth", "solid", "soothe", "soothing", "sophisticated", "soulful", "sparkling", "special",
    "spectacular", "spirit", "spirited", "splendid", "stable", "steady", "stellar", "strength", "strengthen",
    "strong", "stunning", "sturdy", "stylish", "sublime", "subtle", "succeed", "success", "successful", "sunny",
    "super", "superb", "superior", "support", "supportive", "sure", "surprise", "surprised", "surprising",
    "surprisingly", "survive", "survivor", "suspenseful", "sweet", "sweetheart", "sweetly", "swell", "sympathetic",
    "sympathy", "talent", "talented", "tasty", "tender", "tenderness", "terrific", "thank", "thankful", "thankfully",
    "thanks", "thoughtful", "thoughtfulness", "thrill", "thrilled", "thrilling", "thrive", "toast", "tolerant", "top",
    "touching", "tranquil", "tranquility", "treasure", "treat", "triumph", "true", "truly", "trust", "trustworthy",
    "truth", "unforgettable", "unique", "unity", "upgrade", "uplifting", "usable", "useful", "valiant", "valuable",
    "value", "versatile", "vibrant", "victorious", "victory", "vigor", "vigorous", "virtue", "virtuous", "vision",
    "visionary", "vital", "vitality", "vivid", "volunteer", "want", "warm", "warmly", "warmth", "watchable",
    "welcome", "welcoming", "well", "whimsical", "whimsy", "win", "winner", "winning", "winsome", "wisdom", "wise",
    "wish", "witty", "wonder", "wonderful", "wondrous", "worth", "worthwhile", "worthy", "wow", "yay", "yes",
    "youthful", "yummy", "zany", "zeal", "zest",
};

constexpr std::string_view kNegative[] = {
    "abandon", "abandoned", "abhor", "absurd", "abuse", "abusive", "abysmal", "afraid", "aggression", "aggressive",
    "alone", "anger", "angry", "annoy", "annoyance", "annoyed", "annoying", "anxiety", "anxious", "appalling",
    "argue", "arrogant", "ashamed", "atrocious", "attack", "avoid", "awful", "awkward", "bad", "betray", "betrayal",
    "bitter", "bizarre", "blame", "bland", "bleak", "bloated", "bloodless", "bombastic", "bore", "bored", "boring",
    "brainless", "break", "broken", "brutal", "burden", "careless", "catastrophe", "catastrophic", "charmless",
    "cheat", "cheater", "cheesy", "chill", "chilly", "choppy", "cliche", "cliched", "clumsy", "cold", "collapse",
    "complain", "complaint", "condemn", "conflict", "confuse", "confused", "confusing", "confusion", "contrived",
    "controversy", "convoluted", "corny", "corrupt", "corruption", "crap", "crappy", "crash", "crazy", "creepy",
    "crime", "criminal", "cringe", "crisis", "criticise", "criticize", "cruel", "cruelty", "crummy", "crush", "cry",
    "cut", "cynical", "cynicism", "damage", "damn", "danger", "dangerous", "dark", "darker", "darkness", "dead",
    "deadly", "death", "deceit", "deceive", "deceptive", "decline", "defeat", "defect", "defective", "denied", "deny",
    "depress", "depressed", "depressing", "depression", "derivative", "despair", "desperate", "despise", "destroy",
    "destroyed", "destruction", "detest", "die", "difficult", "difficulty", "dirty", "disadvantage", "disagree",
    "disagreement", "disappoint", "disappointed", "disappointing", "disappointment", "disapprove", "disaster",
    "disastrous", "disbelief", "discomfort", "discourage", "discouraging", "disdain", "disease", "disgrace",
    "disgraceful", "disgust", "disgusted", "disgusting", "dishonest", "dislike", "dismal", "dismay", "dismiss",
    "disorder", "displease", "disrespect", "disrespectful", "dissatisfaction", "dissatisfied", "distract",
    "distracting", "distraction", "distress", "distrust", "disturb", "disturbed", "disturbing", "dodgy", "doubt",
    "doubtful", "drag", "dread", "dreadful", "dreary", "drop", "drown", "drunk", "dry", "dubious", "dull", "dumb",
    "dump", "embarrass", "embarrassed", "embarrassing", "embarrassment", "empty", "enemy", "envious", "envy",
    "erratic", "error", "evil", "excuse", "exhausted", "exhausting", "expensive", "exploit", "exploitation",
    "exploitative", "explosive", "fail", "failed", "failure", "fake", "false", "fatal", "fatigue", "fault", "faulty",
    "fear", "fearful", "fiasco", "fight", "filth", "filthy", "fizzle", "flaky", "flat", "flaw", "flawed", "flimsy",
    "flop", "fool", "foolish", "forced", "forget", "forgettable", "foul", "fragile", "frantic", "fraud", "fright",
    "frighten", "frightened", "frightening", "frown", "frustrate", "frustrated", "frustrating", "frustration",
    "furious", "fury", "fuss", "garbage", "ghastly", "gloom", "gloomy", "goofy", "gory", "graceless", "gratuitous",
    "greed", "greedy", "grief", "grieve", "grim", "gross", "grotesque", "gruesome", "grumpy", "guilt", "guilty",
    "hack", "hackneyed", "hamper", "handicap", "haphazard", "harassment", "hard", "hardship", "harm", "harmful",
    "harsh", "hate", "hatred", "hazard", "heartbreaking", "heartbroken", "heartless", "heavily", "heavy", "hell",
    "helpless", "helplessness", "hideous", "hinder", "hollow", "hopeless", "hopelessly", "horrendous", "horrendously",
    "horrible", "horrid", "horrific", "horror", "hostile", "hostility", "humiliate", "humiliating", "humiliation",
    "humorless", "hurt", "hurtful", "hysterical", "idiocy", "idiot", "idiotic", "ignorance", "ignorant", "ignore",
    "ill", "illegal", "immature", "immoral", "impatient", "imperfect", "implausible", "impossible", "improbable",
    "inaccurate", "inadequate", "inane", "incoherent", "incompetent", "incomprehensible", "inconsistent",
    "inconvenient", "indulgent", "inept", "inferior", "infuriate", "injury", "insane", "insanity", "insecure",
    "insincere", "insipid", "insufferable", "insufficient", "insult", "insulting", "interrupt", "intolerable",
    "intrusive", "invasion", "ironic", "irony", "irrational", "irrelevant", "irresponsible", "irritate", "irritated",
    "irritating", "isolated", "jealous", "jerk", "jerky", "joyless", "jumpy", "junk", "kill", "killer", "lame",
    "laughable", "lazy", "leak", "leave", "liability", "liar", "lie", "lifeless", "limp", "loathe", "loneliness",
    "lonely", "loose", "lose", "loser", "loss", "lost", "loud", "lousy", "low", "ludicrous", "lurid", "lying", "mad",
    "malicious", "manipulate", "manipulative", "mean", "meaningless", "mediocre", "melancholy", "mess", "messiness",
    "messy", "mindless", "miscast", "miserable", "misery", "misfire", "misguided", "mishandle", "mislead",
    "misleading", "miss", "missing", "mistake", "mistaken", "misunderstand", "mock", "mocking", "monotonous", "moron",
    "moronic", "mourn", "mournful", "muddle", "muddled", "murder", "murky", "nag", "nasty", "nausea", "nauseating",
    "needless", "needlessly", "negative", "neglect", "nervous", "nightmare", "noise", "noisy", "nonsense", "numb",
    "numbing", "obnoxious", "obscene", "obscure", "obsess", "obsession", "obsolete", "obstacle", "odd", "oddly",
    "offend", "offended", "offensive", "offputting", "oppose", "opposed", "oppressive", "ordeal", "outrage",
    "outraged", "outrageous", "overbearing", "overblown", "overcooked", "overdone", "overlong", "overpriced",
    "overrated", "overstuffed", "overwhelm", "overwrought", "pain", "painful", "painfully", "panic", "paranoid",
    "pathetic", "peril", "perverse", "pessimism", "pessimist", "pessimistic", "petty", "phony", "pitiful", "pity",
    "plague", "plod", "plodding", "pointless", "pointlessly", "poison", "poisonous", "ponderous", "poor", "powerless",
    "preachy", "predictable", "prejudice", "pretend", "pretentious", "prison", "problem", "problematic", "provoke",
    "provoking", "punish", "punishment", "puzzled", "puzzling", "quarrel", "racism", "racist", "rage", "reckless",
    "refund", "refuse", "regret", "reject", "rejection", "remorse", "repel", "repetitive", "repugnant", "repulsive",
    "resent", "resentment", "restless", "return", "revolting", "ridicule", "ridiculous", "risk", "risky", "rot",
    "rotten", "rubbish", "rude", "ruin", "ruined", "ruthless", "ruthlessly", "sabotage", "sacrifice", "sad", "sadly",
    "sadness", "sarcasm", "sarcastic", "savage", "scam", "scandal", "scare", "scared", "scary", "scream", "screech",
    "selfish", "senseless", "severe", "sexism", "sexist", "shabby", "shallow", "shame", "shameful", "shit", "shitty",
    "shock", "shocked", "shocking", "shoot", "shortage", "shortcoming", "shrill", "sick", "sickening", "sickness",
    "silly", "simplistic", "sin", "sinister", "skeptical", "skip", "slap", "slaughter", "sleazy", "slob", "sloppy",
    "slow", "sluggish", "smear", "smug", "snide", "snob", "sob", "sore", "sorrow", "sorrowful", "sorry", "soulless",
    "speechless", "spite", "spoil", "spoiled", "stale", "stall", "starve", "steal", "stereotype", "stereotyped",
    "stereotypical", "stiff", "sting", "stink", "stinky", "stolen", "stop", "strange", "strangely", "stress",
    "stressed", "stressful", "struggle", "stuck", "stumble", "stupid", "subpar", "substandard", "suck", "sucks",
    "suffer", "suffering", "suicidal", "suicide", "sulk", "superficial", "suspect", "suspicious", "swear", "tacky",
    "tasteless", "tear", "tease", "tedious", "tedium", "tense", "tension", "terrible", "terrified", "terrify",
    "terrifying", "terror", "terrorist", "theft", "thief", "threat", "threaten", "threatening", "tired", "tiresome",
    "tiring", "torment", "torture", "tortured", "toss", "tough", "toxic", "tragedy", "tragic", "trap", "trash",
    "trashy", "trick", "trite", "trouble", "troubled", "troubling", "turgid", "turmoil", "ugly", "unable",
    "unacceptable", "unbearable", "unclear", "uncomfortable", "unconvincing", "undermine", "undermined",
    "underwhelming", "uneasy", "uneven", "unfair", "unfortunate", "unfortunately", "unfunny", "unhappiness",
    "unhappy", "unhealthy", "unimaginative", "unimpressive", "uninspired", "uninteresting", "uninvolving", "unjust",
    "unlikable", "unlikeable", "unlucky", "unnecessary", "unoriginal", "unpleasant", "unrealistic", "unreliable",
    "unsafe", "unsatisfying", "unsettling", "unstable", "unsuccessful", "untrustworthy", "unwanted", "unwatchable",
    "unwelcome", "unworthy", "upset", "upsetting", "urgent", "useless", "vacuous", "vague", "vain", "vanity",
    "vengeance", "vicious", "victim", "vile", "violate", "violation", "violence", "violent", "vulgar", "vulnerable",
    "wail", "war", "warn", "warning", "waste", "wasted", "wasteful", "wasteland", "weak", "weakness", "weary", "weep",
    "weird", "whine", "whiny", "wicked", "wince", "withdraw", "witless", "woe", "woeful", "worn", "worried", "worry",
    "worrying", "worse", "worsen", "worst", "worthless", "wound", "wreck", "wretch", "wretched", "wrong", "yawn",
    "zombie",
};

constexpr std::string_view kNegators[] = {
    "aint", "arent", "barely", "cannot", "cant", "couldnt", "didnt", "doesnt", "dont", "few", "hadnt", "hardly",
    "hasnt", "havent", "isnt", "lack", "lacked", "lacking", "lacks", "little", "nah", "neither", "never", "no",
    "nobody", "none", "nope", "nor", "not", "nothing", "nowhere", "rarely", "scarcely", "seldom", "shouldnt",
    "unless", "wasnt", "werent", "without", "wont", "wouldnt",
};

constexpr std::string_view kPositiveHan[] = {
    "爱", "喜欢", "喜爱", "热爱", "好看", "好听", "好玩", "好吃", "好", "很好", "美好", "良好", "友好", "棒", "赞",
    "优秀", "出色", "杰出", "精彩", "精美", "精致", "完美", "美丽", "漂亮", "可爱", "迷人", "高兴", "开心", "快乐",
    "愉快", "幸福", "欢乐", "欢喜", "兴奋", "激动", "惊喜", "满意", "满足", "享受", "舒服", "舒适", "轻松", "放松",
    "安心", "放心", "平静", "温暖", "温柔", "温馨", "感动", "感谢", "感激", "谢谢", "欣赏", "佩服", "敬佩", "尊敬",
    "尊重", "骄傲", "自豪", "自信", "希望", "乐观", "积极", "勇敢", "坚强", "善良", "真诚", "诚实", "聪明", "智慧",
    "机智", "有趣", "搞笑", "幽默", "成功", "胜利", "赢", "幸运", "祝福", "恭喜", "值得", "推荐", "支持", "赞同",
    "同意", "信任", "可靠", "安全", "健康", "顺利", "方便", "实用", "强大", "厉害", "伟大", "了不起", "优美", "优雅",
    "甜", "甜蜜", "浪漫", "帅", "酷", "笑", "微笑", "珍惜", "珍贵",
};

constexpr std::string_view kNegativeHan[] = {
    "恨", "讨厌", "厌恶", "反感", "憎恨", "坏", "差", "糟", "糟糕", "差劲", "烂", "垃圾", "难看", "难听", "难吃",
    "丑", "丑陋", "恶心", "可怕", "恐怖", "害怕", "恐惧", "惊恐", "吓人", "担心", "担忧", "焦虑", "紧张", "不安",
    "难过", "伤心", "悲伤", "悲哀", "悲痛", "痛苦", "痛", "哭", "流泪", "绝望", "失望", "失落", "沮丧", "郁闷",
    "忧郁", "孤独", "寂寞", "可怜", "可悲", "悲惨", "凄惨", "心碎", "委屈", "后悔", "遗憾", "可惜", "生气", "愤怒",
    "恼火", "气愤", "烦", "烦躁", "烦恼", "暴力", "残忍", "残酷", "凶", "恶毒", "邪恶", "卑鄙", "无耻", "自私",
    "贪婪", "嫉妒", "虚伪", "骗", "欺骗", "谎言", "撒谎", "背叛", "侮辱", "羞辱", "丢脸", "羞耻", "尴尬", "无聊",
    "乏味", "枯燥", "平庸", "失败", "输", "错", "错误", "问题", "麻烦", "困难", "危险", "伤害", "损失", "破坏", "毁",
    "灾难", "悲剧", "死", "杀", "病", "累", "疲惫", "愚蠢", "傻", "笨", "荒唐", "可笑", "浪费", "没用", "假", "讽刺",
    "抱怨", "批评", "责怪", "拒绝", "吵", "骂",
};

constexpr std::string_view kNegatorsHan[] = {
    "不", "没", "没有", "无", "非", "未", "别", "勿", "莫", "毫无", "并非", "从不", "从未", "绝不", "不是", "不会",
    "不能", "不要", "不用", "不可", "未必", "很少", "几乎", "难以", "无法",
};
// clang-format on

WordSet set_of(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

bool is_ascii(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether `word` is listed, or is an English inflection of a listed word. The rules undo -s, -ed, -ing, -er,
// -est, -ly and -ness with the spelling changes they bring (y to i, dropped e, doubled consonant).
bool listed(const WordSet& words, std::string_view word) {
  if (words.count(word) != 0) return true;
  static constexpr std::string_view kEndings[] = {"'s", "s", "es", "ed", "ing", "er", "est", "ly", "ness"};
  constexpr std::size_t kShortestStem = 3;
  for (const std::string_view ending : kEndings) {
    if (!word.ends_with(ending) || word.size() < ending.size() + kShortestStem) continue;
    std::string stem(word.substr(0, word.size() - ending.size()));
    if (words.count(stem + "e") != 0) return true;
    const char last = stem.back();
    if (last == 'e' && ending.front() == 'e') continue;  // "career" is no form of "care"
    if (words.count(stem) != 0) return true;
    if (last == stem[stem.size() - 2] && words.count(std::string_view(stem).substr(0, stem.size() - 1)) != 0) {
      return true;
    }
    if (last == 'i') {
      stem.back() = 'y';
      if (words.count(stem) != 0) return true;
    }
  }
  return false;
}

bool contains_any(std::string_view word, std::span<const std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return word.find(part) != std::string_view::npos; });
}

}  // namespace

int polarity(std::string_view word) {
  static const WordSet kPositiveSet = set_of(kPositive), kNegativeSet = set_of(kNegative);
  if (!is_ascii(word)) {
    if (contains_any(word, kNegativeHan)) return -1;
    if (contains_any(word, kPositiveHan)) return 1;
  }
  if (listed(kNegativeSet, word)) return -1;
  return listed(kPositiveSet, word) ? 1 : 0;
}

bool is_negator(std::string_view word) {
  static const WordSet kNegatorSet = set_of(kNegators);
  if (kNegatorSet.count(word) != 0) return true;
  if (word.ends_with("n't") || word.ends_with("n\u2019t")) return true;
  // ICU's dictionary joins a pronoun with the negator behind it: "我不", "他没有".
  static constexpr std::string_view kEndings[] = {"不", "没", "没有", "别", "未"};
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto ending) { return word.ends_with(ending); }) ||
         std::any_of(std::begin(kNegatorsHan), std::end(kNegatorsHan),
                     [&](std::string_view negator) { return word.starts_with(negator); });
}

}  // namespace shakedown::perturb
