import { recommenderContract } from "../../testing/recommender-contract.ts";
import { itemMean } from "./baselines.ts";
import { uptakeRecommender } from "./recommender.ts";

recommenderContract(uptakeRecommender(itemMean), { personal: false });
