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
    "absorbing", "abundant", "acclaim", "acclaimed", "accomplish", "accomplished", "achieve", "achievement", "admire",
    "adorable", "adore", "advantage", "agree", "agreeable", "amazing", "amuse", "amused", "amusing", "applaud",
    "appreciate", "approval", "approve", "attractive", "authentic", "awesome", "beautiful", "beloved", "beneficial",
    "benefit", "best", "better", "bless", "blessed", "blessing", "bliss", "blissful", "bold", "brave", "bravo",
    "breathtaking", "bright", "brightness", "brilliant", "calm", "captivate", "captivating", "care", "caring",
    "celebrate", "celebration", "charm", "charming", "cheer", "cheerful", "cherish", "classic", "clean", "clear",
    "clever", "comfort", "comfortable", "comic", "compassion", "compassionate", "compelling", "confidence",
    "confident", "congrats", "congratulations", "considerate", "content", "contented", "convincing", "cool",
    "correct", "courage", "courageous", "courteous", "cozy", "creative", "credible", "crisp", "cute", "darling",
    "dazzling", "dear", "decent", "delicious", "delight", "delighted", "delightful", "dependable", "dignity",
    "divine", "eager", "easy", "ecstatic", "effective", "efficient", "elegant", "embrace", "endorse", "engaging",
    "enjoy", "enjoyable", "entertain", "entertaining", "entertainment", "enthusiasm", "enthusiastic", "epic",
    "excellent", "exceptional", "excite", "excited", "excitement", "exciting", "exquisite", "extraordinary",
    "fabulous", "fair", "faithful", "fantastic", "fascinate", "fascinating", "favorable", "favorite", "favourable",
    "favourite", "fine", "flawless", "flourish", "fortunate", "fortunately", "free", "freedom", "fresh", "friend",
    "friendly", "fun", "funny", "gain", "gem", "generous", "genius", "gentle", "genuine", "gifted", "glad",
    "glorious", "glory", "good", "gorgeous", "grateful", "gratitude", "great", "gripping", "growth", "handsome",
    "happiness", "happy", "healthy", "heartwarming", "heaven", "heavenly", "help", "helpful", "hero", "heroic",
    "hilarious", "honest", "honesty", "honor", "honorable", "honour", "hooray", "hope", "hopeful", "hug", "humor",
    "humorous", "humour", "ideal", "impeccable", "impress", "impressive", "improve", "improved", "improvement",
    "incredible", "innovative", "insightful", "inspirational", "inspire", "inspired", "inspiring", "intelligent",
    "interest", "interested", "interesting", "intriguing", "jolly", "joy", "joyful", "joyous", "just", "justice",
    "kind", "kindness", "kiss", "laugh", "laughter", "legendary", "likable", "like", "likeable", "lively", "love",
    "lovely", "loyal", "luck", "luckily", "lucky", "luxurious", "magic", "magical", "magnificent", "marvellous",
    "marvelous", "masterful", "masterpiece", "memorable", "merry", "miracle", "miraculous", "moving", "neat", "nice",
    "noble", "ok", "okay", "optimism", "optimistic", "original", "outstanding", "paradise", "passion", "passionate",
    "peace", "peaceful", "perfect", "perfection", "phenomenal", "plausible", "playful", "pleasant", "pleased",
    "pleasing", "pleasure", "polished", "polite", "popular", "positive", "powerful", "praise", "precious", "pretty",
    "pride", "promising", "prosper", "prosperous", "proud", "rad", "radiant", "realistic", "recommend", "refreshing",
    "relaxed", "relaxing", "reliable", "relief", "relieved", "remarkable", "respect", "reward", "rewarding", "rich",
    "right", "riveting", "romance", "romantic", "safe", "satisfaction", "satisfied", "satisfy", "satisfying",
    "secure", "serene", "shine", "shiny", "sincere", "skilled", "skillful", "smart", "smile", "smooth", "solid",
    "sparkling", "special", "spectacular", "splendid", "stellar", "strong", "stunning", "sublime", "succeed",
    "success", "successful", "superb", "superior", "support", "supportive", "sweet", "sweetheart", "talent",
    "talented", "tasty", "tender", "terrific", "thank", "thankful", "thanks", "thoughtful", "thrill", "thrilled",
    "thrilling", "thrive", "top", "touching", "treasure", "triumph", "trust", "trustworthy", "unforgettable",
    "unique", "uplifting", "useful", "valuable", "value", "vibrant", "victorious", "victory", "vivid", "warm",
    "warmth", "watchable", "welcome", "welcoming", "well", "win", "winner", "winning", "wise", "witty", "wonderful",
    "worth", "worthwhile", "worthy", "wow", "yay", "yummy",
};

constexpr std::string_view kNegative[] = {
    "abandon", "abandoned", "abhor", "absurd", "abuse", "abusive", "abysmal", "afraid", "aggression", "aggressive",
    "alone", "anger", "angry", "annoy", "annoyance", "annoyed", "annoying", "anxiety", "anxious", "appalling",
    "argue", "arrogant", "ashamed", "atrocious", "attack", "awful", "awkward", "bad", "betray", "betrayal", "bitter",
    "bizarre", "blame", "bland", "bore", "bored", "boring", "break", "broken", "brutal", "burden", "careless",
    "catastrophe", "catastrophic", "cheat", "cheater", "cheesy", "cliche", "cliched", "clumsy", "collapse",
    "complain", "complaint", "condemn", "conflict", "confuse", "confused", "confusing", "confusion", "contrived",
    "controversy", "corny", "corrupt", "corruption", "crap", "crappy", "crash", "creepy", "crime", "criminal",
    "cringe", "crisis", "criticise", "criticize", "cruel", "cruelty", "crummy", "cry", "cynical", "damage", "damn",
    "danger", "dangerous", "dead", "deadly", "death", "deceit", "deceive", "deceptive", "decline", "defeat", "denied",
    "deny", "depress", "depressed", "depressing", "depression", "derivative", "despair", "desperate", "despise",
    "destroy", "destroyed", "destruction", "detest", "die", "difficult", "difficulty", "dirty", "disappoint",
    "disappointed", "disappointing", "disappointment", "disaster", "disastrous", "disgrace", "disgraceful", "disgust",
    "disgusted", "disgusting", "dishonest", "dislike", "disrespect", "disrespectful", "disturb", "disturbed",
    "disturbing", "doubt", "doubtful", "dreadful", "dreary", "dull", "dumb", "embarrass", "embarrassed",
    "embarrassing", "embarrassment", "empty", "enemy", "envious", "envy", "error", "evil", "exhausted", "exhausting",
    "expensive", "fail", "failed", "failure", "fake", "false", "fault", "faulty", "fear", "fearful", "fight",
    "filthy", "flaw", "flawed", "flop", "fool", "foolish", "forgettable", "foul", "fraud", "frighten", "frightened",
    "frightening", "frustrate", "frustrated", "frustrating", "frustration", "furious", "fury", "garbage", "ghastly",
    "gloom", "gloomy", "greed", "greedy", "grief", "grieve", "grim", "gross", "guilt", "guilty", "hard", "hardship",
    "harm", "harmful", "harsh", "hate", "hatred", "hazard", "heartbreaking", "heartbroken", "hell", "helpless",
    "hideous", "hollow", "hopeless", "horrendous", "horrible", "horrid", "horrific", "horror", "hostile", "hostility",
    "humiliate", "humiliating", "humiliation", "hurt", "hurtful", "idiot", "idiotic", "ignore", "inadequate",
    "incoherent", "incompetent", "incomprehensible", "inferior", "insufferable", "insufficient", "insult",
    "insulting", "intolerable", "irritate", "irritated", "irritating", "jealous", "junk", "kill", "killer", "lame",
    "laughable", "lazy", "liar", "lie", "loathe", "loneliness", "lonely", "lose", "loser", "loss", "lost", "lousy",
    "ludicrous", "lying", "mad", "malicious", "mean", "meaningless", "mediocre", "melancholy", "mess", "messy",
    "miserable", "misery", "mistake", "monotonous", "moron", "moronic", "mourn", "mournful", "murder", "nasty",
    "negative", "neglect", "nervous", "noise", "noisy", "nonsense", "obnoxious", "offend", "offended", "offensive",
    "offputting", "outrage", "outraged", "outrageous", "overdone", "overlong", "overpriced", "overrated", "pain",
    "painful", "painfully", "panic", "pathetic", "pessimism", "pessimistic", "phony", "pitiful", "pity", "pointless",
    "poison", "poisonous", "poor", "preachy", "predictable", "pretentious", "problem", "problematic", "quarrel",
    "racism", "racist", "rage", "reckless", "refuse", "regret", "reject", "repugnant", "repulsive", "resent",
    "revolting", "ridiculous", "risk", "risky", "rubbish", "rude", "ruin", "ruined", "ruthless", "sad", "sadly",
    "sadness", "savage", "scam", "scare", "scared", "scary", "selfish", "severe", "sexism", "sexist", "shallow",
    "shame", "shameful", "shit", "shitty", "shock", "shocked", "shocking", "sick", "sickening", "silly", "sinister",
    "skeptical", "sloppy", "slow", "sluggish", "sob", "sorrow", "sorrowful", "sorry", "stink", "stinky", "stress",
    "stressed", "stressful", "struggle", "stupid", "suck", "sucks", "suffer", "suffering", "superficial", "suspect",
    "suspicious", "tear", "tedious", "tense", "terrible", "terrified", "terrify", "terrifying", "terror", "threat",
    "threaten", "threatening", "tired", "tiresome", "tiring", "toxic", "tragedy", "tragic", "trash", "trashy",
    "trouble", "troubled", "troubling", "ugly", "unable", "unacceptable", "unbearable", "unclear", "uncomfortable",
    "unconvincing", "unfair", "unfortunate", "unfortunately", "unfunny", "unhappy", "uninspired", "uninteresting",
    "unjust", "unlikable", "unlikeable", "unlucky", "unnecessary", "unoriginal", "unpleasant", "unrealistic",
    "unsafe", "upset", "upsetting", "useless", "vicious", "victim", "vile", "violence", "violent", "war", "waste",
    "wasted", "wasteful", "weak", "weakness", "weep", "weird", "wicked", "woeful", "worried", "worry", "worrying",
    "worse", "worst", "worthless", "wretched", "wrong",
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
  static constexpr std::string_view kEndings[] = {"'s", "s", "es",  "d",  "ed", "ing",
                                                  "er", "r", "est", "st", "ly", "ness"};
  constexpr std::size_t kShortestStem = 3;
  for (const std::string_view ending : kEndings) {
    if (!word.ends_with(ending) || word.size() < ending.size() + kShortestStem) continue;
    std::string stem(word.substr(0, word.size() - ending.size()));
    if (words.count(stem) != 0) return true;
    if (words.count(stem + "e") != 0) return true;
    const char last = stem.back();
    if (last == stem[stem.size() - 2] && words.count(std::string_view(stem).substr(0, stem.size() - 1)) != 0)
      return true;
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
  return std::any_of(std::begin(kNegatorsHan), std::end(kNegatorsHan),
                     [&](std::string_view negator) { return word.starts_with(negator); });
}

}  // namespace shakedown::perturb
